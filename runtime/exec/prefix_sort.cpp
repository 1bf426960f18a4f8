// Radix sort of rows by their prefixes: least significant byte first (Knuth, TAOCP 3, 5.2.5), bytes
// that all rows share left out; rows that are in order already only looked through. Two runs are
// merged in as many pieces as there are workers: each begins at the same number in both.

#include "runtime/exec/prefix_sort.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/exec/morsel_driver.h"

namespace sp {
namespace {

constexpr size_t kSmallestRun = 16384;
constexpr unsigned kDigitBits = 8;

struct Entry {
  uint64_t prefix;
  void* row;
};

struct Run {
  Entry *begin, *end;
  size_t size() const { return static_cast<size_t>(end - begin); }
};

bool stopped(const std::atomic<uint32_t>& stop) {
  return stop.load(std::memory_order_relaxed) != 0;
}

// Sorts a run by its prefixes, with as much room at `other`; where the result stands.
Entry* radix_sort(Run run, Entry* other, const std::atomic<uint32_t>& stop) {
  const size_t size = run.size();
  uint64_t differing = 0;
  bool ordered = true;
  for (size_t i = 1; i < size; ++i) {
    differing |= run.begin[i].prefix ^ run.begin[0].prefix;
    ordered = ordered && run.begin[i - 1].prefix <= run.begin[i].prefix;
  }
  if (ordered) return run.begin;
  Entry *from = run.begin, *to = other;
  for (unsigned shift = 0; shift < 64; shift += kDigitBits) {
    constexpr uint64_t kMask = (1U << kDigitBits) - 1;
    if (((differing >> shift) & kMask) == 0) continue;
    if (stopped(stop)) break;
    std::array<size_t, kMask + 1> places{};
    for (size_t i = 0; i < size; ++i) ++places[(from[i].prefix >> shift) & kMask];
    size_t before = 0;
    for (size_t& place : places) before += std::exchange(place, before);
    for (size_t i = 0; i < size; ++i) to[places[(from[i].prefix >> shift) & kMask]++] = from[i];
    std::swap(from, to);
  }
  return from;
}

class PrefixSort {
 public:
  PrefixSort(std::vector<void*>& rows, SortPrefix prefix, CompareRows compare, WorkerPool& pool,
             Arena& room, const std::atomic<uint32_t>& stop)
      : rows_(rows),
        prefix_(prefix),
        compare_(compare),
        pool_(pool),
        stop_(stop),
        first_(room.allocate_array<Entry>(rows.size())),
        second_(room.allocate_array<Entry>(rows.size())) {}

  void sort() {
    const size_t size = rows_.size();
    const size_t count = std::clamp<size_t>(size / kSmallestRun, 1, pool_.size());
    std::vector<Run> runs(count);
    pool_.run(static_cast<unsigned>(count),
              [&](unsigned i) { runs[i] = sorted_run(size * i / count, size * (i + 1) / count); });
    if (stopped(stop_)) return;
    if (count == 1) return copy_rows(runs[0]);
    // Results of the radix sort stand in either array: all runs go to the second.
    pool_.run(static_cast<unsigned>(count), [&](unsigned i) {
      Entry* const place = second_ + size * i / count;
      if (runs[i].begin != place) std::copy(runs[i].begin, runs[i].end, place);
      runs[i] = {place, place + (size * (i + 1) / count - size * i / count)};
    });
    merge(std::move(runs));
  }

 private:
  bool less(const Entry& a, const Entry& b) const {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return compare_ != nullptr && !stopped(stop_) && compare_(a.row, b.row) < 0;
  }

  Run sorted_run(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) first_[i] = {prefix_(rows_[i]), rows_[i]};
    const Run run{first_ + begin, first_ + end};
    Entry* const place = radix_sort(run, second_ + begin, stop_);
    const Run sorted{place, place + (end - begin)};
    if (compare_ == nullptr) return sorted;
    const auto by_rows = [this](const Entry& a, const Entry& b) {
      return !stopped(stop_) && compare_(a.row, b.row) < 0;
    };
    for (Entry* i = sorted.begin; i < sorted.end && !stopped(stop_);) {
      Entry* ties = i + 1;
      while (ties < sorted.end && ties->prefix == i->prefix) ++ties;
      if (ties - i > 1) std::stable_sort(i, ties, by_rows);
      i = ties;
    }
    return sorted;
  }

  // Merges pairs of neighbouring runs until one is left, which goes to the rows.
  void merge(std::vector<Run> runs) {
    Entry* to = first_;
    while (runs.size() > 1 && !stopped(stop_)) {
      const bool last = runs.size() == 2;
      std::vector<Run> merged;
      Entry* place = to;
      for (size_t i = 0; i < runs.size(); i += 2) {
        const Run left = runs[i];
        const Run right = i + 1 < runs.size() ? runs[i + 1] : Run{left.end, left.end};
        merge_pair(left, right, place, last);
        merged.push_back({place, place + left.size() + right.size()});
        place = merged.back().end;
      }
      runs = std::move(merged);
      to = to == first_ ? second_ : first_;
    }
  }

  // Left entries come before right ones that equal them.
  void merge_pair(Run left, Run right, Entry* to, bool to_rows) {
    const unsigned pieces = pool_.size();
    const auto by_less = [this](const Entry& a, const Entry& b) { return less(a, b); };
    std::vector<std::pair<Entry*, Entry*>> cuts{{left.begin, right.begin}};
    for (unsigned i = 1; i < pieces; ++i) {
      Entry* const cut = left.begin + left.size() * i / pieces;
      cuts.push_back({cut, std::max(cuts.back().second,
                                    std::lower_bound(right.begin, right.end, *cut, by_less))});
    }
    cuts.push_back({left.end, right.end});
    pool_.run(pieces, [&](unsigned i) {
      const auto [l, r] = cuts[i];
      const auto [l_end, r_end] = cuts[i + 1];
      const auto done = (l - left.begin) + (r - right.begin);
      if (!to_rows) {
        std::merge(l, l_end, r, r_end, to + done, by_less);
        return;
      }
      merge_into_rows({l, l_end}, {r, r_end}, rows_.data() + done);
    });
  }

  void merge_into_rows(Run left, Run right, void** to) {
    while (left.begin < left.end && right.begin < right.end) {
      const bool from_right = less(*right.begin, *left.begin);
      *to++ = from_right ? right.begin->row : left.begin->row;
      right.begin += from_right ? 1 : 0;
      left.begin += from_right ? 0 : 1;
    }
    for (; left.begin < left.end; ++left.begin) *to++ = left.begin->row;
    for (; right.begin < right.end; ++right.begin) *to++ = right.begin->row;
  }

  void copy_rows(Run run) {
    for (size_t i = 0; i < run.size(); ++i) rows_[i] = run.begin[i].row;
  }

  std::vector<void*>& rows_;
  SortPrefix prefix_;
  CompareRows compare_;
  WorkerPool& pool_;
  const std::atomic<uint32_t>& stop_;
  Entry *const first_, *const second_;
};

}  // namespace

// Once it is to stop, the rows stay as they were, or each is there once. A stop in the last merge
// makes all ties equal: the merge goes on to its end.
void prefix_sort_rows(std::vector<void*>& rows, SortPrefix prefix, CompareRows compare,
                      WorkerPool& pool, Arena& room, const std::atomic<uint32_t>& stop) {
  if (rows.size() < 2) return;
  PrefixSort sort(rows, prefix, compare, pool, room, stop);
  if (!room.over_budget()) sort.sort();
}

}  // namespace sp
