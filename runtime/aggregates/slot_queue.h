#pragma once
// SlotQueue: slots of one width that come at the end and go at the begin, for states that follow
// frames of windows (SlidingForm in aggregate.h). Zero bytes are an empty one; memory comes from an
// arena. Over it, Candidates keeps the rows that may still become the extreme of a frame.

#include <algorithm>
#include <cstring>

#include "runtime/aggregates/bodies.h"

namespace sp {

struct SlotQueue {
  char* data;
  uint64_t first, end, capacity;  // in slots

  uint64_t size() const noexcept { return end - first; }
  char* at(uint32_t width, uint64_t i) const noexcept { return data + (first + i) * width; }
  char* front(uint32_t width) const noexcept { return at(width, 0); }
  char* back(uint32_t width) const noexcept { return data + (end - 1) * width; }
  void pop_front() noexcept { ++first; }
  void pop_back() noexcept { --end; }

  /// Adds a slot and returns it, to be written.
  char* push(ExecState& exec, uint32_t width) noexcept {
    if (__builtin_expect(end == capacity, 0)) {
      if (capacity > 0 && first * 2 >= capacity)
        move_to(data, width);
      else
        move_to_larger(exec, width);
    }
    return data + end++ * width;
  }
  /// As push(), but never writes over a slot that was there: slots of all times may be pointed to.
  char* append(ExecState& exec, uint32_t width) noexcept {
    if (__builtin_expect(end == capacity, 0)) move_to_larger(exec, width);
    return data + end++ * width;
  }

 private:
  void move_to(char* to, uint32_t width) noexcept {
    if (size() > 0) std::memmove(to, front(width), size() * width);
    data = to;
    end -= first;
    first = 0;
  }
  // Several times the size of what is moved: a constant cost for each slot that comes.
  void move_to_larger(ExecState& exec, uint32_t width) noexcept {
    capacity = std::max<uint64_t>(8, size() * (size() < 4096 ? 4 : 2));
    move_to(static_cast<char*>(exec.persistent.allocate(capacity * width, 8)), width);
  }
};

// The rows of a frame none of whose later rows wins over them, the first at the front: that is the
// frame's extreme, the earliest of equal ones. Entries: number of the row, then the value.
struct Candidates {
  SlotQueue rows;
  uint64_t entered, left;

  /// `width`: of a value. `wins(const char* value)`: the new row beats that one. Returns the place
  /// of the new row's value.
  template <class Wins>
  char* enter(ExecState& exec, uint32_t width, Wins&& wins) noexcept {
    const uint32_t entry = entry_size(width);
    while (rows.size() > 0 && wins(rows.back(entry) + 8)) rows.pop_back();
    char* const place = rows.push(exec, entry);
    std::memcpy(place, &entered, 8);
    ++entered;
    return place + 8;
  }
  void leave(uint32_t width) noexcept {
    uint64_t oldest;
    std::memcpy(&oldest, rows.front(entry_size(width)), 8);
    if (oldest == left++) rows.pop_front();
  }
  /// The extreme's value; nullptr if the frame is empty.
  const char* best(uint32_t width) const noexcept {
    return rows.size() == 0 ? nullptr : rows.front(entry_size(width)) + 8;
  }

 private:
  static uint32_t entry_size(uint32_t width) noexcept { return 8 + (width + 7) / 8 * 8; }
};

}  // namespace sp
