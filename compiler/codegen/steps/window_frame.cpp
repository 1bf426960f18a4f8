// Frames of windows. See window_frame.h. Bounds only move forward, so each is an index that a loop
// advances.
//   ROWS:  from = max(begin, i - n)       RANGE:  while (order[from] < order[i] - n) ++from
//   peers: to = first row after i's peers

#include "compiler/codegen/steps/window_frame.h"

#include <llvm/IR/Constants.h>

namespace sp::codegen {

using BoundKind = sql::FrameBound::Kind;

llvm::Value* WindowPartition::row(llvm::Value* index) const {
  return c->gen.load(c->gen.ptr(), c->gen.b.CreateInBoundsGEP(c->gen.ptr(), rows, index), 0, "row");
}

llvm::Value* WindowPartition::starts_peers(llvm::Value* i) const {
  Gen& gen = c->gen;
  llvm::Value* flag = gen.entry_alloca(1, 8, "starts.peers");
  gen.store(gen.b.getInt8(1), flag, 0);
  gen.if_(
      gen.b.CreateICmpUGT(i, begin),
      [&] {
        llvm::Value* same =
            gen.b.CreateCall(peers, {row(gen.b.CreateSub(i, gen.u64(1))), row(i)}, "peers");
        gen.store(gen.b.CreateZExt(gen.b.CreateNot(same), gen.i8()), flag, 0);
      },
      {}, "not.first");
  return gen.b.CreateICmpNE(gen.load(gen.i8(), flag, 0, "starts"), gen.b.getInt8(0));
}

void WindowPartition::advance_peers_end(llvm::Value* place, llvm::Value* i) const {
  Gen& gen = c->gen;
  const auto at = [&] { return gen.load(gen.i64(), place, 0, "peers.end"); };
  llvm::Value* stale = gen.b.CreateICmpULE(at(), i);
  gen.if_(
      stale,
      [&] {
        gen.store(gen.b.CreateAdd(i, gen.u64(1)), place, 0);
        gen.while_(
            [&] {
              llvm::Value* more = gen.entry_alloca(1, 8, "more");
              gen.store(gen.b.getInt8(0), more, 0);
              llvm::Value* next = at();
              gen.if_(
                  gen.b.CreateICmpULT(next, end),
                  [&] {
                    llvm::Value* same = gen.b.CreateCall(peers, {row(i), row(next)}, "peers");
                    gen.store(gen.b.CreateZExt(same, gen.i8()), more, 0);
                  },
                  {}, "within");
              return gen.b.CreateICmpNE(gen.load(gen.i8(), more, 0, "more"), gen.b.getInt8(0));
            },
            [&] { gen.store(gen.b.CreateAdd(at(), gen.u64(1)), place, 0); }, "peers");
      },
      {}, "new.peers");
}

WindowFrame::WindowFrame(const WindowPartition& part, const plan::WindowFunction& f,
                         std::function<SqlValue(const plan::ExpressionPtr&, llvm::Value*)> argument)
    : part_(part),
      f_(f),
      argument_(std::move(argument)) {
  Gen& gen = part_.c->gen;
  if (f.unit == sql::WindowFrame::Unit::kGroups) part_.c->unsupported("GROUPS frame");
  from_ = gen.entry_alloca(8, 8, "frame.from");
  to_ = gen.entry_alloca(8, 8, "frame.to");
  gen.store(part_.begin, from_, 0);
  gen.store(part_.begin, to_, 0);
}

std::pair<llvm::Value*, llvm::Value*> WindowFrame::of(llvm::Value* i) {
  llvm::Value* from = bound(f_.begin, i, from_, false);
  llvm::Value* to = bound(f_.end, i, to_, true);
  return {from, to};
}

llvm::Value* WindowFrame::bound(const plan::FrameBound& bound, llvm::Value* i, llvm::Value* place,
                                bool is_end) {
  if (bound.kind == BoundKind::kUnboundedPreceding) return part_.begin;
  if (bound.kind == BoundKind::kUnboundedFollowing) return part_.end;
  return f_.unit == sql::WindowFrame::Unit::kRows ? rows_bound(bound, i, is_end)
                                                  : range_bound(bound, i, place, is_end);
}

llvm::Value* WindowFrame::rows_bound(const plan::FrameBound& bound, llvm::Value* i, bool is_end) {
  Gen& gen = part_.c->gen;
  auto& b = gen.b;
  llvm::Value* base = is_end ? b.CreateAdd(i, gen.u64(1)) : i;
  if (bound.kind == BoundKind::kCurrentRow) return base;
  const SqlValue offset = argument_(bound.offset, i);
  llvm::Value* count = b.CreateIntCast(offset.value, gen.i64(), is_signed(offset.type));
  // Offsets may be huge: compare before moving.
  if (bound.kind == BoundKind::kPreceding) {
    llvm::Value* room = b.CreateSub(base, part_.begin);
    return b.CreateSelect(b.CreateICmpULT(count, room), b.CreateSub(base, count), part_.begin,
                          "bound");
  }
  llvm::Value* room = b.CreateSub(part_.end, base);
  return b.CreateSelect(b.CreateICmpULT(count, room), b.CreateAdd(base, count), part_.end, "bound");
}

llvm::Value* WindowFrame::range_bound(const plan::FrameBound& bound, llvm::Value* i,
                                      llvm::Value* place, bool is_end) {
  Gen& gen = part_.c->gen;
  auto& b = gen.b;
  const auto at = [&] { return gen.load(gen.i64(), place, 0, "bound"); };
  if (bound.kind == BoundKind::kCurrentRow) {
    if (is_end) {
      part_.advance_peers_end(place, i);
    } else {
      gen.if_(part_.starts_peers(i), [&] { gen.store(i, place, 0); }, {}, "new.peers");
    }
    return at();
  }
  if (part_.order.size() != 1 || !is_scalar(part_.order[0].type)) {
    part_.c->unsupported("RANGE frame with an offset over this ORDER BY");
    return part_.begin;
  }
  // Values as 128-bit integers or doubles: a distance never overflows.
  const OrderKey& key = part_.order[0];
  const bool real = key.type.base().is_float();
  llvm::Type* wide = real ? b.getDoubleTy() : b.getInt128Ty();
  const auto widen = [&](const SqlValue& value) {
    if (real) {
      if (value.value->getType()->isFloatingPointTy()) return b.CreateFPExt(value.value, wide);
      return is_signed(value.type) ? b.CreateSIToFP(value.value, wide)
                                   : b.CreateUIToFP(value.value, wide);
    }
    return b.CreateIntCast(value.value, wide, is_signed(value.type));
  };
  const auto order_slot = [&](llvm::Value* index) {
    return load_slot(gen, gen.offset(part_.row(index), key.offset), key.type, "order", true);
  };
  // Where NULL is the smallest key it has nothing but its peers in reach; elsewhere it counts as
  // what its slot holds, as in ClickHouse.
  const bool sees_nulls = key.type.can_be_null() && key.nulls_first != key.descending;
  const SqlValue current_slot = order_slot(i);
  llvm::Value* current = widen(current_slot);
  llvm::Value* distance = widen(argument_(bound.offset, i));
  const bool down = (bound.kind == BoundKind::kPreceding) != key.descending;
  llvm::Value* limit =
      real ? (down ? b.CreateFSub(current, distance) : b.CreateFAdd(current, distance))
           : (down ? b.CreateSub(current, distance) : b.CreateAdd(current, distance));
  gen.while_(
      [&] {
        llvm::Value* more = gen.entry_alloca(1, 8, "more");
        gen.store(b.getInt8(0), more, 0);
        llvm::Value* next = at();
        gen.if_(
            b.CreateICmpULT(next, part_.end),
            [&] {
              const SqlValue next_slot = order_slot(next);
              llvm::Value* value = widen(next_slot);
              llvm::Value *x = key.descending ? limit : value, *y = key.descending ? value : limit;
              llvm::Value* passes = real ? (is_end ? b.CreateFCmpOLE(x, y) : b.CreateFCmpOLT(x, y))
                                         : (is_end ? b.CreateICmpSLE(x, y) : b.CreateICmpSLT(x, y));
              if (sees_nulls) {
                llvm::Value* const here = null_flag(gen, current_slot);
                llvm::Value* const there = null_flag(gen, next_slot);
                passes = b.CreateSelect(here, b.getInt1(key.descending), passes);
                passes = b.CreateSelect(
                    there, b.CreateSelect(here, b.getInt1(is_end), b.getInt1(!key.descending)),
                    passes);
              }
              gen.store(b.CreateZExt(passes, gen.i8()), more, 0);
            },
            {}, "within");
        return b.CreateICmpNE(gen.load(gen.i8(), more, 0, "more"), b.getInt8(0));
      },
      [&] { gen.store(b.CreateAdd(at(), gen.u64(1)), place, 0); }, "bound");
  return at();
}

}  // namespace sp::codegen
