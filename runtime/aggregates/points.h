#pragma once
// Points: the state of aggregates that must see all rows at the end: pairs of Float64 in the order
// of rows.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"

namespace sp {

struct Point {
  double x, y;
};

struct Points {
  GrowingArray<Point> points;
  void add(ExecState& exec, double x, double y) noexcept { points.push(exec, {x, y}); }
  void merge(ExecState& exec, const Points& other) {
    points.append(exec, other.points.data, other.points.size);
  }
  void write(StateWriter& out) const {
    out.varint(points.size);
    for (const Point& point : points) out.pod(point);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(Point))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      Point point;
      if (!in.pod(point)) return false;
      points.push(exec, point);
    }
    return true;
  }
};

}  // namespace sp
