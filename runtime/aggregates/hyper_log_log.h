#pragma once
// CombinedCounter: distinct counting by hashes: an exact set while small, then HyperLogLog
// (Flajolet et al. 2007) with linear counting for small ranges. Parameters and hash bits as
// ClickHouse's uniqCombined and uniqHLL12.

#include <cmath>

#include "runtime/aggregates/counted_set.h"

namespace sp {

struct CombinedContext : AggregateContext {
  uint8_t precision = 17;       // 2^precision registers
  bool wide = false;            // 64-bit hashes; else 32
  uint64_t set_limit = 8192;    // keys of the set; beyond them registers
  bool keeps_full_set = false;  // while only known keys come; else any key ends a full set
  double linear_below = 0;      // linear counting for estimates up to here
};

struct CombinedCounter {
  WordSet set;
  uint8_t* ranks;  // 1 << precision registers, or null

  void insert(ExecState& exec, const CombinedContext& context, uint64_t hash) noexcept {
    if (!context.wide) hash = static_cast<uint32_t>(hash);
    if (ranks == nullptr) {
      if (set.size < context.set_limit) {
        set.insert(exec, hash);
        return;
      }
      if (context.keeps_full_set && set.contains(hash)) return;
      to_ranks(exec, context);
    }
    update(context, hash);
  }
  void merge(ExecState& exec, const CombinedContext& context, const CombinedCounter& other) {
    if (other.ranks == nullptr) {
      other.set.for_each([&](uint64_t hash) { insert(exec, context, hash); });
      return;
    }
    if (ranks == nullptr) to_ranks(exec, context);
    for (uint64_t i = 0; i < (uint64_t{1} << context.precision); ++i) {
      if (other.ranks[i] > ranks[i]) ranks[i] = other.ranks[i];
    }
  }
  uint64_t count(const CombinedContext& context) const noexcept {
    if (ranks == nullptr) return set.size;
    const uint64_t registers = uint64_t{1} << context.precision;
    uint64_t zeros = 0;
    double denominator = 0;
    for (uint64_t i = 0; i < registers; ++i) {
      zeros += ranks[i] == 0;
      denominator += 1.0 / static_cast<double>(uint64_t{1} << ranks[i]);
    }
    const double m = static_cast<double>(registers);
    double estimate = 0.7213 / (1 + 1.079 / m) * m * m / denominator;
    if (estimate <= context.linear_below && zeros != 0) {
      estimate = m * (std::log(m) - std::log(static_cast<double>(zeros)));
    }
    return static_cast<uint64_t>(estimate + 0.5);
  }
  void write(const CombinedContext& context, StateWriter& out) const {
    out.pod(static_cast<uint8_t>(ranks != nullptr));
    if (ranks == nullptr)
      set.write(out);
    else
      out.text().append(reinterpret_cast<const char*>(ranks), size_t{1} << context.precision);
  }
  bool read(ExecState& exec, const CombinedContext& context, StateReader& in) {
    uint8_t large;
    CombinedCounter other{};
    if (!in.pod(large)) return false;
    if (!large) {
      if (!other.set.read(exec, in)) return false;
    } else {
      const size_t registers = size_t{1} << context.precision;
      if (in.remaining() < registers) return false;
      other.to_ranks(exec, context);
      std::memcpy(other.ranks, in.at(), registers);
      for (size_t i = 0; i < registers; ++i) {
        if (other.ranks[i] > 64) return false;
      }
      in.skip(registers);
    }
    merge(exec, context, other);
    return true;
  }

 private:
  friend struct SlidingCombined;

  void clear_ranks(ExecState& exec, const CombinedContext& context) noexcept {
    const size_t registers = size_t{1} << context.precision;
    if (ranks == nullptr) ranks = exec.persistent.allocate_array<uint8_t>(registers);
    std::memset(ranks, 0, registers);
  }
  void to_ranks(ExecState& exec, const CombinedContext& context) noexcept {
    clear_ranks(exec, context);
    set.for_each([&](uint64_t hash) { update(context, hash); });
    set.size = 0;
  }
  void update(const CombinedContext& context, uint64_t hash) noexcept {
    const uint64_t bucket = hash & ((uint64_t{1} << context.precision) - 1);
    const uint64_t tail = hash >> context.precision;
    const auto most = static_cast<uint8_t>((context.wide ? 64 : 32) - context.precision + 1);
    uint8_t rank = most;
    if (tail != 0) {
      const auto zeros = static_cast<uint8_t>(__builtin_ctzll(tail) + 1);
      if (zeros < most) rank = zeros;
    }
    if (rank > ranks[bucket]) ranks[bucket] = rank;
  }
};

// The same over a frame that slides: its hashes with their counts. Where a counter over the frame's
// rows would have turned to registers, they are filled anew.
struct SlidingCombined {
  CountedSet<uint64_t> hashes;
  uint64_t last;                    // that came
  mutable CombinedCounter counter;  // of long frames, on request

  static uint64_t kept(const CombinedContext& context, uint64_t hash) noexcept {
    return context.wide ? hash : static_cast<uint32_t>(hash);
  }
  void enter(ExecState& exec, const CombinedContext& context, uint64_t hash) noexcept {
    last = kept(context, hash);
    hashes.add(exec, last);
  }
  void leave(const CombinedContext& context, uint64_t hash) noexcept {
    hashes.remove(kept(context, hash));
  }
  uint64_t count(ExecState& exec, const CombinedContext& context) const noexcept {
    // A full set turns to registers when one more row comes, or one more hash.
    const bool stays = context.keeps_full_set || hashes.count(last) == 1;
    if (hashes.size < context.set_limit || (hashes.size == context.set_limit && stays))
      return hashes.size;
    counter.clear_ranks(exec, context);
    hashes.for_each([&](uint64_t hash) { counter.update(context, hash); });
    return counter.count(context);
  }
};

}  // namespace sp
