// Code of SlidingStates; see sliding_states.h.

#include "compiler/codegen/steps/sliding_states.h"

#include "runtime/exec/window_states.h"

namespace sp::codegen {

SlidingStates::SlidingStates(QueryCompiler& c, const AggregateStates& states, llvm::Value* begin,
                             std::function<void(llvm::Value*, llvm::Value*)> update)
    : c_(c),
      gen_(c.gen),
      states_(states),
      update_(std::move(update)) {
  const uint32_t number = states.merge_function(c);
  merge_ = gen_.module.getFunction(c.program.functions[number]);
  buffer_ = gen_.entry_alloca(sizeof(WindowStates), alignof(WindowStates), "front.states");
  gen_.zero(buffer_, sizeof(WindowStates));
  const auto index = [&](const char* name) {
    llvm::Value* place = gen_.entry_alloca(8, 8, name);
    gen_.store(begin, place, 0);
    return place;
  };
  base_ = index("front.begin");
  front_end_ = index("front.end");
  back_end_ = index("back.end");
  back_ = gen_.entry_alloca(states.row_size(), 16, "back");
}

llvm::Value* SlidingStates::get(llvm::Value* place) {
  return gen_.load(gen_.i64(), place, 0, "index");
}

void SlidingStates::reset(llvm::Value* state) {
  gen_.zero(state, states_.row_size());
  states_.init(c_, state);
}

// The state of the front's rows from `index` on.
llvm::Value* SlidingStates::front(llvm::Value* index) {
  auto& b = gen_.b;
  llvm::Value* states = gen_.load(gen_.ptr(), buffer_, offsetof(WindowStates, states), "states");
  llvm::Value* place =
      b.CreateMul(b.CreateSub(index, get(base_)), gen_.u64(states_.row_size()), "place");
  return b.CreateInBoundsGEP(gen_.i8(), states, place, "front");
}

void SlidingStates::turn(llvm::Value* from, llvm::Value* to) {
  auto& b = gen_.b;
  llvm::Value* rows = b.CreateSub(to, from, "rows");
  gen_.runtime_call(SP_SYMBOL(sp_window_states),
                    {c_.e.state(), buffer_, b.CreateMul(rows, gen_.u64(states_.row_size()))});
  gen_.store(from, base_, 0);
  gen_.for_range(
      gen_.u64(0), rows,
      [&](llvm::Value* done) {
        llvm::Value* j = b.CreateSub(b.CreateSub(to, gen_.u64(1)), done);
        llvm::Value* state = front(j);
        reset(state);
        update_(j, state);
        gen_.if_(
            b.CreateICmpNE(done, gen_.u64(0)),
            [&] {
              llvm::Value* next = front(b.CreateAdd(j, gen_.u64(1)));
              b.CreateCall(merge_, {c_.e.state(), state, next});
            },
            {}, "not.last");
      },
      "front", [&] { return c_.e.going_on(); });
  gen_.store(to, front_end_, 0);
  gen_.store(to, back_end_, 0);
  reset(back_);
}

void SlidingStates::compute(llvm::Value* from, llvm::Value* to, llvm::Value* state) {
  auto& b = gen_.b;
  gen_.if_(b.CreateICmpSGE(from, get(front_end_)), [&] { turn(from, to); }, {}, "turn");
  gen_.for_range(
      get(back_end_), to, [&](llvm::Value* j) { update_(j, back_); }, "back",
      [&] { return c_.e.going_on(); });
  gen_.store(to, back_end_, 0);
  b.CreateMemCpy(state, llvm::Align(16), front(from), llvm::Align(16),
                 gen_.u64(states_.row_size()));
  b.CreateCall(merge_, {c_.e.state(), state, back_});
}

}  // namespace sp::codegen
