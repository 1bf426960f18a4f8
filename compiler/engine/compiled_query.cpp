// Compilation of a plan's tiers. See compiled_query.h.

#include "compiler/engine/compiled_query.h"

#include <chrono>

namespace sp {
namespace {

using SteadyClock = std::chrono::steady_clock;
double ms_since(SteadyClock::time_point start) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

jit::CompileRequest request_for(codegen::GeneratedCode& generated, jit::Tier tier) {
  jit::CompileRequest request;
  request.code = std::move(generated.module);
  request.entries = generated.program.functions;
  request.symbols = std::move(generated.symbols);
  request.tier = tier;
  request.vectorize = !generated.program.has_hash_step;
  return request;
}

}  // namespace

Result<void> CompiledQuery::compile(jit::Jit& jit, jit::Tier tier) {
  const std::lock_guard lock(mutex_);
  auto& code = code_[static_cast<size_t>(tier)];
  if (code) return {};
  auto start = SteadyClock::now();
  // Names differ between the tiers, as both may be loaded; numbers and layouts are the same.
  SP_TRY(auto generated,
         codegen::generate(plan_, options_, prefix_ + (tier == jit::Tier::k0 ? "t0" : "t1")));
  const double codegen_ms = ms_since(start);
  if (program_.stages.empty()) program_ = generated.program;
  start = SteadyClock::now();
  SP_TRY(code, jit.compile(request_for(generated, tier)));
  note_timings(tier, codegen_ms, ms_since(start), *code);
  code_bytes_ += code->size_bytes;
  if (static_cast<int>(tier) > tier_) {
    current_.store(code.get(), std::memory_order_release);
    tier_ = static_cast<int>(tier);
  }
  return {};
}

void CompiledQuery::note_timings(jit::Tier tier, double codegen_ms, double compile_ms,
                                 const jit::Code& code) {
  const std::lock_guard lock(timings_mutex_);
  if (timings_.codegen_ms == 0) timings_.codegen_ms = codegen_ms;
  (tier == jit::Tier::k0 ? timings_.tier0_ms : timings_.tier1_ms) = compile_ms;
  if (tier == jit::Tier::k0) {
    timings_.tier0_emit_ms = code.emit_ms;
    timings_.tier0_load_ms = code.load_ms;
    return;
  }
  timings_.tier1_link_ms = code.link_ms;
  timings_.tier1_passes_ms = code.passes_ms;
  timings_.tier1_emit_ms = code.emit_ms;
  timings_.tier1_load_ms = code.load_ms;
}

Result<std::unique_ptr<jit::Code>> CompiledQuery::compile_text(jit::Jit& jit, jit::Tier tier,
                                                               bool assembly) const {
  static std::atomic<uint64_t> count{0};
  SP_TRY(auto generated,
         codegen::generate(plan_, options_, prefix_ + "x" + std::to_string(count++)));
  auto request = request_for(generated, tier);
  request.keep_ir = !assembly;
  request.keep_asm = assembly;
  return jit.compile(std::move(request));
}

}  // namespace sp
