#pragma once
// CompiledQuery: a plan with its program and the machine code of up to two tiers. The current
// tier's addresses are read through one atomic pointer at each morsel, so that better code takes
// over in the middle of a run.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "compiler/codegen/generate.h"
#include "compiler/jit/jit.h"
#include "compiler/plan/plan.h"

namespace sp {

/// How a query came to be compiled: for statistics and explain=timings.
struct CompileTimings {
  double parse_ms = 0, bind_ms = 0, plan_ms = 0, codegen_ms = 0, tier0_ms = 0, tier1_ms = 0;
  double tier0_emit_ms = 0, tier0_load_ms = 0;
  double tier1_link_ms = 0, tier1_passes_ms = 0, tier1_emit_ms = 0, tier1_load_ms = 0;
};

class CompiledQuery {
 public:
  CompiledQuery(plan::Plan plan, codegen::CodegenOptions options, std::string prefix)
      : plan_(std::move(plan)),
        options_(options),
        prefix_(std::move(prefix)) {}

  const plan::Plan& plan() const { return plan_; }
  const codegen::Program& program() const { return program_; }

  /// Compiles a tier unless that was done before, and makes it current if it is better.
  /// Thread-safe.
  Result<void> compile(jit::Jit& jit, jit::Tier tier);
  /// The same, and hands out the final IR or assembly (nothing is kept).
  Result<std::unique_ptr<jit::Code>> compile_text(jit::Jit& jit, jit::Tier tier,
                                                  bool assembly) const;
  /// Functions by number of Program::functions, of the best tier so far.
  const std::vector<void*>& functions() const {
    return current_.load(std::memory_order_acquire)->addresses;
  }
  int tier() const { return tier_.load(std::memory_order_relaxed); }
  uint64_t code_bytes() const { return code_bytes_.load(std::memory_order_relaxed); }
  /// True for the one caller that shall compile tier 1 in the background.
  bool claim_tier1() { return !tier1_claimed_.exchange(true); }
  uint32_t count_run() { return runs_.fetch_add(1) + 1; }

  /// A copy: the background compiler may be adding to them. Thread-safe.
  CompileTimings timings() const {
    const std::lock_guard lock(timings_mutex_);
    return timings_;
  }
  /// Before the query is shared: what came before compile().
  void begin_timings(const CompileTimings& timings) { timings_ = timings; }

  std::vector<std::string> tables;  ///< that it reads
  std::string text;  ///< the query that it was compiled from: spans of its calls are places in it
  std::vector<std::pair<std::string, std::string>> optimizer_trace;

 private:
  void note_timings(jit::Tier tier, double codegen_ms, double compile_ms, const jit::Code& code);

  plan::Plan plan_;
  codegen::CodegenOptions options_;
  std::string prefix_;
  codegen::Program program_;
  mutable std::mutex timings_mutex_;
  CompileTimings timings_;
  std::mutex mutex_;
  std::unique_ptr<jit::Code> code_[2];
  std::atomic<const jit::Code*> current_{nullptr};
  std::atomic<int> tier_{-1};
  std::atomic<uint64_t> code_bytes_{0};
  std::atomic<bool> tier1_claimed_{false};
  std::atomic<uint32_t> runs_{0};
};

}  // namespace sp
