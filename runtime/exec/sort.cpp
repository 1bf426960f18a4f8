// Sorting of row pointers, in parallel runs, and the bounded buffer of ORDER BY ... LIMIT.

#include "runtime/exec/sort.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "runtime/exec/morsel_driver.h"

namespace sp {
namespace {

constexpr size_t kSmallestRun = 32768;

struct Run {
  size_t begin, end;
};

std::vector<Run> cut_runs(size_t rows, unsigned workers) {
  const size_t runs = std::clamp<size_t>(rows / kSmallestRun, 1, workers);
  std::vector<Run> cut;
  for (size_t i = 0; i < runs; ++i) cut.push_back({rows * i / runs, rows * (i + 1) / runs});
  return cut;
}

}  // namespace

// Once it is to stop, no row is less than another: the algorithms run out quickly, within their
// bounds.
void sort_rows(std::vector<void*>& rows, CompareRows compare, WorkerPool& pool,
               const std::atomic<uint32_t>& stop) {
  const auto less = [compare, &stop](const void* a, const void* b) {
    return stop.load(std::memory_order_relaxed) == 0 && compare(a, b) < 0;
  };
  std::vector<Run> runs = cut_runs(rows.size(), pool.size());
  const auto at = [](std::vector<void*>& all, size_t i) {
    return all.begin() + static_cast<ptrdiff_t>(i);
  };
  pool.run(static_cast<unsigned>(runs.size()), [&](unsigned i) {
    std::stable_sort(at(rows, runs[i].begin), at(rows, runs[i].end), less);
  });
  std::vector<void*> other;
  while (runs.size() > 1) {
    other.resize(rows.size());
    const size_t pairs = (runs.size() + 1) / 2;
    pool.run(static_cast<unsigned>(pairs), [&](unsigned i) {
      const Run left = runs[2 * i];
      const Run right = 2 * i + 1 < runs.size() ? runs[2 * i + 1] : Run{left.end, left.end};
      std::merge(at(rows, left.begin), at(rows, left.end), at(rows, right.begin),
                 at(rows, right.end), at(other, left.begin), less);
    });
    std::vector<Run> merged;
    for (size_t i = 0; i < runs.size(); i += 2) {
      merged.push_back({runs[i].begin, i + 1 < runs.size() ? runs[i + 1].end : runs[i].end});
    }
    runs = std::move(merged);
    rows.swap(other);
  }
}

void partial_sort_rows(std::vector<void*>& rows, CompareRows compare, uint64_t count) {
  struct Numbered {
    void* row;
    size_t number;
  };
  std::vector<Numbered> numbered;
  numbered.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) numbered.push_back({rows[i], i});
  const size_t kept = std::min<size_t>(count, rows.size());
  std::partial_sort(numbered.begin(), numbered.begin() + static_cast<ptrdiff_t>(kept),
                    numbered.end(), [compare](const Numbered& a, const Numbered& b) {
                      const int order = compare(a.row, b.row);
                      return order != 0 ? order < 0 : a.number < b.number;
                    });
  rows.resize(kept);
  for (size_t i = 0; i < kept; ++i) rows[i] = numbered[i].row;
}

namespace {

constexpr uint32_t kTopHeader = 16;

uint64_t sequence_of(const char* entry) {
  uint64_t sequence;
  std::memcpy(&sequence, entry, sizeof(sequence));
  return sequence;
}

uint64_t number_of(const char* entry) {
  uint64_t number;
  std::memcpy(&number, entry + sizeof(uint64_t), sizeof(number));
  return number;
}

auto before(CompareRows compare) {
  return [compare](const char* a, const char* b) {
    const uint64_t first = number_of(a), second = number_of(b);
    if (first != second) return first < second;
    const int order = compare(a + kTopHeader, b + kTopHeader);
    return order != 0 ? order < 0 : sequence_of(a) < sequence_of(b);
  };
}

}  // namespace

TopN::TopN(uint64_t limit, uint32_t row_size, CompareRows compare, Arena& arena)
    : limit_(limit),
      capacity_(std::max<uint64_t>(64, limit > UINT64_MAX / 4 ? UINT64_MAX : limit * 2)),
      row_size_((row_size + 7) / 8 * 8),
      compare_(compare),
      arena_(&arena) {}

static_assert(std::is_standard_layout_v<TopN>);

void* TopN::append(uint64_t number) noexcept {
  if (rows_.size() >= capacity_) prune();
  char* entry;
  if (!free_.empty()) {
    entry = free_.back();
    free_.pop_back();
  } else {
    entry = static_cast<char*>(arena_->allocate(kTopHeader + row_size_, 8));
  }
  std::memcpy(entry, &sequence_, sizeof(sequence_));
  std::memcpy(entry + sizeof(sequence_), &number, sizeof(number));
  ++sequence_;
  rows_.push_back(entry);
  return entry + kTopHeader;
}

void TopN::prune() noexcept {
  if (rows_.size() <= limit_) return;
  if (limit_ == 0) {
    free_.insert(free_.end(), rows_.begin(), rows_.end());
    rows_.clear();
    return;
  }
  const auto cut = rows_.begin() + static_cast<ptrdiff_t>(limit_ - 1);
  std::nth_element(rows_.begin(), cut, rows_.end(), before(compare_));
  threshold_ = *cut + kTopHeader;
  gate_.most = number_of(*cut);
  free_.insert(free_.end(), cut + 1, rows_.end());
  rows_.resize(limit_);
}

std::vector<void*> top_n_candidates(std::span<TopN* const> tops) {
  std::vector<void*> rows;
  for (const TopN* top : tops) {
    if (top == nullptr) continue;
    for (char* entry : top->rows_) rows.push_back(entry + kTopHeader);
  }
  return rows;
}

uint64_t top_n_arrival(const void* row) {
  return sequence_of(static_cast<const char*>(row) - kTopHeader);
}

std::vector<void*> top_n_rows(std::span<TopN* const> tops, uint64_t limit,
                              const std::atomic<uint32_t>& stop) {
  std::vector<char*> entries;
  for (const TopN* top : tops) {
    if (top != nullptr) entries.insert(entries.end(), top->rows_.begin(), top->rows_.end());
  }
  if (entries.empty()) return {};
  const TopN* any = nullptr;
  for (const TopN* top : tops) any = top != nullptr ? top : any;
  const size_t kept = std::min<size_t>(limit, entries.size());
  const auto less = [order = before(any->compare_), &stop](const char* a, const char* b) {
    return stop.load(std::memory_order_relaxed) == 0 && order(a, b);
  };
  // Not a heap: it would look at rows all over the memory again and again.
  const auto cut = entries.begin() + static_cast<ptrdiff_t>(kept);
  if (cut != entries.end()) std::nth_element(entries.begin(), cut, entries.end(), less);
  std::sort(entries.begin(), cut, less);
  std::vector<void*> rows;
  for (size_t i = 0; i < kept; ++i) rows.push_back(entries[i] + kTopHeader);
  return rows;
}

}  // namespace sp
