// Code of aggregates over frames; see window_aggregate.h.
//   follow: for (i) { [from, to) = frame of i
//             rows [first, min(from, last)) leave; rows [max(from, last), to) enter
//             rows[i].out = finish(state) }
//   anew:   for (i) { frame(frame_state, rows, from, to, &slot); rows[i].out = copy of slot }

#include "compiler/codegen/steps/window_aggregate.h"

#include <llvm/IR/Constants.h>

#include "compiler/codegen/steps/sliding_states.h"
#include "runtime/exec/window_states.h"

namespace sp::codegen {

WindowAggregate::WindowAggregate(QueryCompiler& c, const WindowPartition& part,
                                 const std::vector<RowColumn>& columns,
                                 const plan::WindowFunction& f, uint32_t offset)
    : c_(c),
      gen_(c.gen),
      part_(part),
      columns_(columns),
      f_(f),
      offset_(offset),
      call_({{f.aggregate, f.args, f.output, f.name}}),
      states_(call_, 0) {}

void WindowAggregate::emit() {
  using Bound = sql::FrameBound::Kind;
  const SlidingForm& form = f_.aggregate.sliding;
  if (form && form.for_growing) return follow();
  if (f_.begin.kind == Bound::kUnboundedPreceding) return grow();
  if (form) return follow();
  if (f_.end.kind == Bound::kUnboundedFollowing && !states_.order_matters()) return shrink();
  if (states_.flat()) return slide();
  anew();
}

llvm::Value* WindowAggregate::variable(const char* name, llvm::Value* initial) {
  llvm::Value* place = gen_.entry_alloca(8, 8, name);
  gen_.store(initial, place, 0);
  return place;
}

llvm::Value* WindowAggregate::get(llvm::Value* place) {
  return gen_.load(gen_.i64(), place, 0, "value");
}

void WindowAggregate::for_rows(const std::function<void(llvm::Value*)>& body) {
  gen_.for_range(
      part_.begin, part_.end, [&](llvm::Value* i) { c_.e.scoped([&] { body(i); }); }, "rows",
      [this] { return c_.e.going_on(); });
}

WindowFrame WindowAggregate::frame() {
  return {part_, f_, [this](const plan::ExpressionPtr& expression, llvm::Value* i) {
            c_.define_row(columns_, part_.row(i));
            return c_.e.emit(*expression);
          }};
}

// [from, to) of row i, from <= to.
std::pair<llvm::Value*, llvm::Value*> WindowAggregate::bounds(WindowFrame& frame, llvm::Value* i) {
  const auto [from, to] = frame.of(i);
  return {from, gen_.b.CreateSelect(gen_.b.CreateICmpSGT(to, from), to, from, "to")};
}

void WindowAggregate::reset(const AggregateStates& states, llvm::Value* state) {
  gen_.zero(state, states.row_size());
  states.init(c_, state);
}

void WindowAggregate::add_row(const AggregateStates& states, llvm::Value* j, llvm::Value* state) {
  c_.e.scoped([&] {
    c_.define_row(columns_, part_.row(j));
    states.update(c_, state);
  });
}

void WindowAggregate::add_rows(const AggregateStates& states, llvm::Value* from, llvm::Value* to,
                               llvm::Value* state) {
  gen_.for_range(
      from, to, [&](llvm::Value* j) { add_row(states, j, state); }, "add",
      [this] { return c_.e.going_on(); });
}

void WindowAggregate::write(llvm::Value* i, SqlValue value) {
  value.type = f_.type;
  store_stable(gen_, c_.e, gen_.offset(part_.row(i), offset_), value, f_.type);
}

void WindowAggregate::write_result(llvm::Value* i, const AggregateStates& states,
                                   llvm::Value* state) {
  write(i, states.finish(c_, 0, state));
}

// changed ? compute() : rows[i].out = rows[neighbour].out
void WindowAggregate::write_if_changed(llvm::Value* changed, llvm::Value* i, llvm::Value* neighbour,
                                       const Body& compute) {
  gen_.if_(
      changed, [&] { c_.e.scoped(compute); },
      [&] {
        gen_.copy(gen_.offset(part_.row(i), offset_), gen_.offset(part_.row(neighbour), offset_),
                  slot_layout(f_.type).size);
      },
      "changed");
}

void WindowAggregate::follow() {
  auto& b = gen_.b;
  const AggregateStates entering = AggregateStates::sliding(call_, false);
  const AggregateStates leaving = AggregateStates::sliding(call_, true);
  llvm::Value* state = gen_.entry_alloca(entering.row_size(), 16, "following");
  gen_.zero(state, entering.row_size());
  WindowFrame frame = this->frame();
  llvm::Value* first = variable("first", part_.begin);
  llvm::Value* last = variable("last", part_.begin);
  for_rows([&](llvm::Value* i) {
    const auto [from, to] = bounds(frame, i);
    llvm::Value *const was_first = get(first), *const was_last = get(last);
    llvm::Value* same = b.CreateAnd(b.CreateICmpEQ(from, was_first), b.CreateICmpEQ(to, was_last));
    llvm::Value* changed = b.CreateOr(b.CreateNot(same), b.CreateICmpEQ(i, part_.begin));
    llvm::Value* back = b.CreateSub(i, gen_.u64(1));
    write_if_changed(changed, i, back, [&, from = from, to = to] {
      llvm::Value* passed = b.CreateICmpSGT(from, was_last);
      add_rows(leaving, was_first, b.CreateSelect(passed, was_last, from), state);
      add_rows(entering, b.CreateSelect(passed, from, was_last), to, state);
      gen_.store(from, first, 0);
      gen_.store(to, last, 0);
      write_result(i, entering, state);
    });
  });
}

// for each row: add the rows that its frame has more than the one before
void WindowAggregate::grow() {
  auto& b = gen_.b;
  llvm::Value* state = gen_.entry_alloca(states_.row_size(), 16, "growing");
  reset(states_, state);
  WindowFrame frame = this->frame();
  llvm::Value* added = variable("added", part_.begin);
  for_rows([&](llvm::Value* i) {
    llvm::Value* to = frame.of(i).second;
    llvm::Value* done = get(added);
    llvm::Value* more = b.CreateICmpSGT(to, done);
    llvm::Value* changed = b.CreateOr(more, b.CreateICmpEQ(i, part_.begin));
    write_if_changed(changed, i, b.CreateSub(i, gen_.u64(1)), [&] {
      llvm::Value* end = b.CreateSelect(more, to, done);
      add_rows(states_, done, end, state);
      gen_.store(end, added, 0);
      write_result(i, states_, state);
    });
  });
}

// The same from the last row to the first. Bounds are found from the first to the last: those of
// ROWS on the way, others before.
void WindowAggregate::shrink() {
  auto& b = gen_.b;
  const bool by_rows = f_.unit == sql::WindowFrame::Unit::kRows;
  llvm::Value* state = gen_.entry_alloca(states_.row_size(), 16, "shrinking");
  reset(states_, state);
  WindowFrame frame = this->frame();
  llvm::Value* begins = nullptr;
  const auto place_of = [&](llvm::Value* i) {
    return b.CreateInBoundsGEP(gen_.i64(), begins, b.CreateSub(i, part_.begin), "frame.begin");
  };
  if (!by_rows) {
    llvm::Value* buffer =
        gen_.entry_alloca(sizeof(WindowStates), alignof(WindowStates), "frame.begins");
    gen_.zero(buffer, sizeof(WindowStates));
    llvm::Value* bytes = b.CreateMul(b.CreateSub(part_.end, part_.begin), gen_.u64(8));
    begins = gen_.runtime_call(SP_SYMBOL(sp_window_states), {c_.e.state(), buffer, bytes});
    for_rows([&](llvm::Value* i) { gen_.store(frame.of(i).first, place_of(i), 0); });
  }
  llvm::Value* added = variable("added", part_.end);
  for_rows([&](llvm::Value* walked) {
    llvm::Value* i =
        b.CreateSub(b.CreateSub(part_.end, gen_.u64(1)), b.CreateSub(walked, part_.begin), "i");
    llvm::Value* from = by_rows ? frame.of(i).first : get(place_of(i));
    llvm::Value* done = get(added);
    llvm::Value* more = b.CreateICmpSLT(from, done);
    llvm::Value* changed = b.CreateOr(more, b.CreateICmpEQ(walked, part_.begin));
    write_if_changed(changed, i, b.CreateAdd(i, gen_.u64(1)), [&] {
      llvm::Value* begin = b.CreateSelect(more, from, done);
      add_rows(states_, begin, done, state);
      gen_.store(begin, added, 0);
      write_result(i, states_, state);
    });
  });
}

void WindowAggregate::slide() {
  auto& b = gen_.b;
  llvm::Value* state = gen_.entry_alloca(states_.row_size(), 16, "sliding");
  WindowFrame frame = this->frame();
  SlidingStates stacks(c_, states_, part_.begin,
                       [&](llvm::Value* j, llvm::Value* place) { add_row(states_, j, place); });
  for_rows([&](llvm::Value* i) {
    const auto [from, to] = bounds(frame, i);
    llvm::Value* few =
        b.CreateICmpULE(b.CreateSub(to, from), gen_.u64(SlidingStates::kFewRows), "few");
    gen_.if_(
        few,
        [&, from = from, to = to] {
          reset(states_, state);
          add_rows(states_, from, to, state);
        },
        [&, from = from, to = to] { stacks.compute(from, to, state); }, "few.rows");
    write_result(i, states_, state);
  });
}

// void(state, rows, from, to, out): the result over rows [from, to), in memory of `state`.
llvm::Function* WindowAggregate::frame_function() {
  const Gen::Nested nested(gen_);
  auto outer = c_.e.fresh_scope();
  const WindowPartition outer_part = part_;
  llvm::Function* function =
      gen_.begin_function(c_.e.unique_name("frame"), gen_.b.getVoidTy(),
                          {gen_.ptr(), gen_.ptr(), gen_.i64(), gen_.i64(), gen_.ptr()},
                          {"state", "rows", "from", "to", "out"}, false);
  part_.rows = function->getArg(1);
  llvm::Value* state = gen_.entry_alloca(states_.row_size(), 16, "frame.state");
  reset(states_, state);
  add_rows(states_, function->getArg(2), function->getArg(3), state);
  SqlValue result = states_.finish(c_, 0, state);
  result.type = f_.type;
  store_slot(gen_, function->getArg(4), result, f_.type);
  gen_.end_function();
  part_ = outer_part;
  c_.e.restore(std::move(outer));
  return function;
}

void WindowAggregate::anew() {
  auto& b = gen_.b;
  llvm::Function* function = frame_function();
  const uint32_t local = c_.e.add_local({.kind = LocalSpec::Kind::kOwnState});
  llvm::Value* frame_state = c_.e.local(local);
  const SlotLayout layout = slot_layout(f_.type);
  llvm::Value* slot = gen_.entry_alloca(layout.size, layout.align, "result");
  WindowFrame frame = this->frame();
  llvm::Value* first = variable("first", gen_.u64(UINT64_MAX));
  llvm::Value* last = variable("last", gen_.u64(UINT64_MAX));
  for_rows([&](llvm::Value* i) {
    const auto [from, to] = bounds(frame, i);
    llvm::Value* same =
        b.CreateAnd(b.CreateICmpEQ(from, get(first)), b.CreateICmpEQ(to, get(last)));
    gen_.store(from, first, 0);
    gen_.store(to, last, 0);
    write_if_changed(b.CreateNot(same), i, b.CreateSub(i, gen_.u64(1)), [&, from = from, to = to] {
      b.CreateCall(function, {frame_state, part_.rows, from, to, slot});
      write(i, load_slot(gen_, slot, f_.type, "result", !has_pointers(f_.type)));
      gen_.runtime_call(SP_SYMBOL(sp_window_frame_done), {frame_state});
    });
  });
}

}  // namespace sp::codegen
