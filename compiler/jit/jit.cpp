// The process-wide LLJIT and the two tiers. See jit.h. Objects are emitted by our own target
// machines (one per concurrent compilation, kept for the next) and handed to ORC, which links them
// against the process.

#include "compiler/jit/jit.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <unordered_set>

#include "compiler/jit/bitcode_library.h"
#include "compiler/jit/passes.h"

namespace sp::jit {

ModuleInContext::ModuleInContext() = default;
ModuleInContext::ModuleInContext(ModuleInContext&&) noexcept = default;
ModuleInContext& ModuleInContext::operator=(ModuleInContext&& other) noexcept {
  module = std::move(other.module);  // before its context
  context = std::move(other.context);
  return *this;
}
ModuleInContext::~ModuleInContext() { module.reset(); }

namespace {

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Error internal(const std::string& what) {
  return fail(ErrorCode::kLogicalError, "Code generation failed: " + what);
}

class LoadedCode final : public Code {
 public:
  explicit LoadedCode(llvm::orc::ResourceTrackerSP tracker) : tracker_(std::move(tracker)) {}
  ~LoadedCode() override { llvm::consumeError(tracker_->remove()); }

 private:
  llvm::orc::ResourceTrackerSP tracker_;
};

class LlvmJit final : public Jit {
 public:
  explicit LlvmJit(std::unique_ptr<llvm::orc::LLJIT> jit) : jit_(std::move(jit)) {
    triple_ = llvm::sys::getProcessTriple();
    cpu_ = llvm::sys::getHostCPUName().str();
    for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
      features_ += (features_.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") +
                   feature.first().str();
    }
  }

  Result<std::unique_ptr<Code>> compile(CompileRequest request) override;

 private:
  std::unique_ptr<llvm::TargetMachine> take_machine(Tier tier);
  void give_back(Tier tier, std::unique_ptr<llvm::TargetMachine> machine) {
    const std::lock_guard lock(mutex_);
    machines_[static_cast<size_t>(tier)].push_back(std::move(machine));
  }
  void note_for_perf(const std::vector<std::string>& names, const std::vector<void*>& addresses);
  Result<void> define_symbols(const std::vector<std::pair<const char*, void*>>& symbols);

  std::unique_ptr<llvm::orc::LLJIT> jit_;
  BitcodeLibrary library_;
  std::string triple_, cpu_, features_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<llvm::TargetMachine>> machines_[2];
  std::unordered_set<std::string> defined_;
  const bool perf_map_ = std::getenv("SANDPIPER_PERF_MAP") != nullptr;
};

std::unique_ptr<llvm::TargetMachine> LlvmJit::take_machine(Tier tier) {
  {
    const std::lock_guard lock(mutex_);
    auto& idle = machines_[static_cast<size_t>(tier)];
    if (!idle.empty()) {
      auto machine = std::move(idle.back());
      idle.pop_back();
      return machine;
    }
  }
  std::string failure;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple_, failure);
  SP_CHECK(target != nullptr);
  const auto level =
      tier == Tier::k0 ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default;
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple_, cpu_, features_, llvm::TargetOptions(),
                                  llvm::Reloc::PIC_, llvm::CodeModel::Small, level, true));
  SP_CHECK(machine != nullptr);
  if (tier == Tier::k0) machine->setFastISel(true);
  return machine;
}

Result<void> LlvmJit::define_symbols(const std::vector<std::pair<const char*, void*>>& symbols) {
  llvm::orc::SymbolMap fresh;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, address] : symbols) {
    if (!defined_.insert(name).second) continue;
    fresh[jit_->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  }
  if (fresh.empty()) return {};
  if (auto failure = jit_->getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(fresh)))) {
    return internal(llvm::toString(std::move(failure)));
  }
  return {};
}

// Adds functions to /tmp/perf-PID.map, by which perf names samples in generated code. Sizes are the
// distances to the next.
void LlvmJit::note_for_perf(const std::vector<std::string>& names,
                            const std::vector<void*>& addresses) {
  constexpr uint64_t kLongest = 64 << 10;
  std::map<uint64_t, std::string> functions;
  for (size_t i = 0; i < names.size(); ++i)
    functions.emplace(reinterpret_cast<uint64_t>(addresses[i]), names[i]);
  const std::lock_guard lock(mutex_);
  FILE* map = std::fopen(("/tmp/perf-" + std::to_string(getpid()) + ".map").c_str(), "a");
  if (map == nullptr) return;
  for (auto at = functions.begin(); at != functions.end(); ++at) {
    const auto next = std::next(at);
    const uint64_t size =
        next == functions.end() ? kLongest : std::min(kLongest, next->first - at->first);
    std::fprintf(map, "%lx %lx %s\n", at->first, size, at->second.c_str());
  }
  std::fclose(map);
}

// Emits an object or assembly into `out`.
bool emit(llvm::Module& module, llvm::TargetMachine& machine, llvm::SmallVectorImpl<char>& out,
          bool text) {
  llvm::raw_svector_ostream stream(out);
  llvm::legacy::PassManager passes;
  if (text) {
    if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
      return false;
  } else {
    llvm::MCContext* context = nullptr;
    if (machine.addPassesToEmitMC(passes, context, stream, true)) return false;
  }
  passes.run(module);
  return true;
}

Result<std::unique_ptr<Code>> LlvmJit::compile(CompileRequest request) {
  llvm::Module& module = *request.code.module;
  auto machine = take_machine(request.tier);
  module.setTargetTriple(triple_);
  module.setDataLayout(machine->createDataLayout());
#ifndef NDEBUG
  std::string complaint;
  llvm::raw_string_ostream complaints(complaint);
  if (llvm::verifyModule(module, &complaints)) {
    module.print(complaints, nullptr);
    return internal(complaint);
  }
#endif
  SP_TRY_VOID(define_symbols(request.symbols));
  auto tracker = jit_->getMainJITDylib().createResourceTracker();
  auto code = std::make_unique<LoadedCode>(tracker);
  if (request.tier == Tier::k1) {
    auto start = Clock::now();
    if (std::string what = library_.link_into(module); !what.empty()) return internal(what);
    code->link_ms = ms_since(start);
    start = Clock::now();
    run_passes(module, *machine, request.vectorize);
    code->passes_ms = ms_since(start);
  }
  if (request.keep_ir) {
    llvm::raw_string_ostream stream(code->ir);
    module.print(stream, nullptr);
  }
  if (request.keep_asm) {
    llvm::SmallVector<char, 0> text;
    const auto copy = llvm::CloneModule(module);
    if (emit(*copy, *machine, text, true)) code->assembly.assign(text.data(), text.size());
  }
  auto start = Clock::now();
  llvm::SmallVector<char, 0> object;
  if (!emit(module, *machine, object, false)) return internal("the target cannot emit objects");
  code->emit_ms = ms_since(start);
  code->size_bytes = object.size();
  give_back(request.tier, std::move(machine));

  start = Clock::now();
  auto buffer =
      std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(object), module.getName(), false);
  if (auto failure = jit_->addObjectFile(tracker, std::move(buffer)))
    return internal(llvm::toString(std::move(failure)));
  llvm::orc::SymbolLookupSet wanted;
  std::vector<llvm::orc::SymbolStringPtr> names;
  for (const std::string& entry : request.entries) {
    names.push_back(jit_->mangleAndIntern(entry));
    wanted.add(names.back());
  }
  wanted.removeDuplicates();
  auto found = jit_->getExecutionSession().lookup(
      llvm::orc::makeJITDylibSearchOrder(&jit_->getMainJITDylib()), std::move(wanted));
  if (!found) return internal(llvm::toString(found.takeError()));
  for (const auto& name : names)
    code->addresses.push_back(found->at(name).getAddress().toPtr<void*>());
  code->load_ms = ms_since(start);
  if (perf_map_) note_for_perf(request.entries, code->addresses);
  return std::unique_ptr<Code>(std::move(code));
}

}  // namespace

Result<std::unique_ptr<Jit>> Jit::create() {
  static const bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    return true;
  }();
  (void)initialized;
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) return internal(llvm::toString(jit.takeError()));
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      (*jit)->getDataLayout().getGlobalPrefix());
  if (!process) return internal(llvm::toString(process.takeError()));
  (*jit)->getMainJITDylib().addGenerator(std::move(*process));
  return std::unique_ptr<Jit>(std::make_unique<LlvmJit>(std::move(*jit)));
}

}  // namespace sp::jit
