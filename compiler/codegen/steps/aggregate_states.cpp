// Code for aggregate states. See aggregate_states.h. Texts counted by their codes:
// counted_texts.cpp.
//   update:  if (condition && no argument is NULL) {
//              add([state,] [context,] &row.state, arguments); row.flag = 1 }
//   finish:  row.flag ? finish(&row.state) : NULL

#include "compiler/codegen/steps/aggregate_states.h"

#include <llvm/IR/Constants.h>

namespace sp::codegen {
namespace {

constexpr uint32_t kLargestRegisterState = 32;

std::vector<llvm::Value*> leading(QueryCompiler& c, const Symbol& symbol,
                                  const ResolvedAggregate& f) {
  std::vector<llvm::Value*> values;
  if (symbol.takes_state) values.push_back(c.e.state());
  if (symbol.takes_context) values.push_back(c.e.context_object(f.context));
  return values;
}

void call_init(QueryCompiler& c, const ResolvedAggregate& f, llvm::Value* state) {
  if (!f.init) return;
  auto values = leading(c, f.init, f);
  values.push_back(state);
  c.gen.runtime_call(f.init, values);
}

}  // namespace

AggregateStates::AggregateStates(const std::vector<plan::AggregateCall>& calls, uint32_t begin,
                                 bool numbered) {
  uint32_t at = begin;
  for (const auto& call : calls) {
    Place place;
    place.call = &call;
    place.function = call.function;
    if (numbered) at = count_by_codes(place, at);
    const uint32_t align = std::max(8u, place.function.state_align);
    at = (at + align - 1) / align * align;
    place.offset = at;
    place.size = place.function.state_size;
    at += place.size;
    places_.push_back(std::move(place));
  }
  for (Place& place : places_) {
    if (place.function.null_when_empty) place.flag = at++;
  }
  row_size_ = std::max(8u, (at + 15) / 16 * 16);
}

AggregateStates AggregateStates::sliding(const std::vector<plan::AggregateCall>& call,
                                         bool leaves) {
  AggregateStates states(call, 0);
  Place& place = states.places_[0];
  place.function = sp::sliding(call[0].function, leaves);
  place.size = place.function.state_size;
  place.step = leaves ? -1 : 1;
  uint32_t at = place.offset + place.size;
  if (place.flag != kNone) {
    place.flag = (at + 7) / 8 * 8;
    at = place.flag + 8;
  }
  states.row_size_ = (at + 15) / 16 * 16;
  return states;
}

bool AggregateStates::order_matters() const {
  for (const Place& place : places_) {
    if (place.function.order_matters) return true;
  }
  return false;
}

bool AggregateStates::grow() const {
  for (const Place& place : places_) {
    if (place.function.merge.takes_state) return true;
  }
  return false;
}

bool AggregateStates::flat() const {
  constexpr uint32_t kMostBytes = 256;
  for (const Place& place : places_) {
    if (place.distinct || place.filter != kNone || place.buffer != kNone) return false;
    if (place.function.add.takes_state) return false;  // it may allocate
  }
  return row_size_ <= kMostBytes;
}

void AggregateStates::init(QueryCompiler& c, llvm::Value* row) const {
  for (const Place& place : places_) call_init(c, place.function, c.gen.offset(row, place.offset));
}

void AggregateStates::update(QueryCompiler& c, llvm::Value* row,
                             const RegisterStates* registers) const {
  for (size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    llvm::Value* state = registers != nullptr ? registers->state(i) : nullptr;
    llvm::Value* flag = registers != nullptr ? registers->flag(i) : nullptr;
    if (state == nullptr) {
      state = c.gen.offset(row, place.offset, "state");
      flag = place.flag == kNone ? nullptr : c.gen.offset(row, place.flag);
    }
    add(c, place, row, state, flag);
  }
}

void AggregateStates::note_added(QueryCompiler& c, const Place& place, llvm::Value* flag) const {
  Gen& gen = c.gen;
  if (flag == nullptr) return;
  if (place.step == 0) return gen.store(gen.b.getInt8(1), flag, 0);
  llvm::Value* rows = gen.load(gen.i64(), flag, 0, "rows");
  gen.store(gen.b.CreateAdd(rows, llvm::ConstantInt::getSigned(gen.i64(), place.step)), flag, 0);
}

void AggregateStates::add(QueryCompiler& c, const Place& place, llvm::Value* row,
                          llvm::Value* state, llvm::Value* flag) const {
  Gen& gen = c.gen;
  const ResolvedAggregate& f = place.function;
  const auto& args = place.call->args;
  const size_t count = args.size() - (f.has_condition ? 1 : 0);
  const auto call = [&] {
    std::vector<SqlValue> values;
    llvm::Value* null = nullptr;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(c.e.emit(*args[i]));
      if (values.back().null != nullptr && f.skip_nulls) {
        null = null == nullptr ? values.back().null
                               : gen.b.CreateOr(null, values.back().null, "any.null");
      }
    }
    const auto add_values = [&] {
      if (place.distinct) {
        add_distinct(c, place, state, values[0]);
        note_added(c, place, flag);
        return;
      }
      std::vector<llvm::Value*> list = leading(c, f.add, f);
      list.push_back(state);
      const size_t plain = std::min<size_t>(
          {f.pack_from, count, f.add.arguments.empty() ? 0 : f.add.arguments.size() - 1});
      const auto type_of = [&](size_t i) {
        const Type type = i < f.arguments.size() ? f.arguments[i] : values[i].type;
        return f.skip_nulls ? type.base() : type.without_low_cardinality();
      };
      for (size_t i = 0; i < plain; ++i) {
        if (f.add.arguments[i + 1] == AbiType::kPointer) {
          const bool with_flag = !f.skip_nulls && type_of(i).can_be_null();
          list.push_back(spill(gen, values[i], with_flag, type_of(i)));
        } else {
          list.push_back(values[i].value);
        }
      }
      if (f.pack_from != ResolvedAggregate::kNotPacked) {
        std::vector<Type> types;
        for (size_t i = f.pack_from; i < count; ++i) types.push_back(type_of(i));
        const RowLayout layout = row_layout(types);
        llvm::Value* packed = gen.entry_alloca(std::max(1u, layout.size), layout.align, "packed");
        for (size_t i = 0; i < types.size(); ++i) {
          store_slot(gen, gen.offset(packed, layout.offsets[i]), values[f.pack_from + i], types[i]);
        }
        list.push_back(packed);
      }
      add_hash(c, place, row, state, [&] { gen.runtime_call(f.add, list); });
      note_added(c, place, flag);
    };
    const auto body = [&] { if_new(c, place, row, add_values); };
    if (null == nullptr)
      body();
    else
      c.e.branch(gen.b.CreateNot(null), body, {}, "add");
  };
  if (f.has_condition)
    c.e.where(*args.back(), call);
  else
    call();
}

SqlValue AggregateStates::finish(QueryCompiler& c, size_t index, llvm::Value* row) const {
  Gen& gen = c.gen;
  const Place& place = places_[index];
  const ResolvedAggregate& f = place.function;
  flush(c, place, row);
  std::vector<llvm::Value*> values = leading(c, f.finish, f);
  values.push_back(gen.offset(row, place.offset));
  const bool flagged = place.flag != kNone;
  const Type type = flagged ? f.result.base() : f.result.without_low_cardinality();
  const bool stable = !has_pointers(type) || (place.step != 0 && f.sliding.stable_result);
  SqlValue out{f.result, nullptr, nullptr, true};
  if (f.finish.has_out) {
    const SlotLayout layout = slot_layout(type);
    llvm::Value* slot = gen.entry_alloca(layout.size, layout.align, place.call->name);
    values.push_back(slot);
    gen.runtime_call(f.finish, values);
    out = load_slot(gen, slot, type, place.call->name, stable);
    out.type = f.result;
  } else {
    out.value = gen.runtime_call(f.finish, values, place.call->name);
  }
  if (flagged) {
    llvm::Type* const type_of_flag = place.step == 0 ? gen.i8() : gen.i64();
    llvm::Value* added = gen.load(type_of_flag, row, place.flag, "added");
    out.null = gen.b.CreateIsNull(added, place.call->name + ".null");
  }
  return out;
}

void AggregateStates::define(QueryCompiler& c, llvm::Value* row) const {
  for (size_t i = 0; i < places_.size(); ++i) {
    c.e.define(places_[i].call->output, {.load = [this, &c, i, row] { return finish(c, i, row); }});
  }
}

uint32_t AggregateStates::init_function(QueryCompiler& c) const {
  bool any = false;
  for (const Place& place : places_) any = any || place.function.init;
  if (!any) return kNone;
  const Gen::Nested nested(c.gen);
  const std::string name = c.e.unique_name("init");
  c.gen.begin_function(name, c.gen.b.getVoidTy(), {c.gen.ptr(), c.gen.ptr()}, {"state", "row"},
                       true);
  init(c, c.gen.fn()->getArg(1));
  c.gen.end_function();
  return c.e.add_function(name);
}

void AggregateStates::merge(QueryCompiler& c, const Place& place, llvm::Value* into_state,
                            llvm::Value* into_flag, llvm::Value* from_state,
                            llvm::Value* from_flag) const {
  const ResolvedAggregate& f = place.function;
  std::vector<llvm::Value*> values = leading(c, f.merge, f);
  values.push_back(into_state);
  values.push_back(from_state);
  const auto call = [&] { c.gen.runtime_call(f.merge, values); };
  if (place.flag == kNone) {
    call();
    return;
  }
  llvm::Value* added = c.gen.load(c.gen.i8(), from_flag, 0, "added");
  c.gen.if_(
      c.gen.b.CreateICmpNE(added, c.gen.b.getInt8(0)),
      [&] {
        call();
        c.gen.store(c.gen.b.getInt8(1), into_flag, 0);
      },
      {}, "merge");
}

uint32_t AggregateStates::merge_function(QueryCompiler& c) const {
  const Gen::Nested nested(c.gen);
  Gen& gen = c.gen;
  const std::string name = c.e.unique_name("merge");
  gen.begin_function(name, gen.b.getVoidTy(), {gen.ptr(), gen.ptr(), gen.ptr()},
                     {"state", "into", "from"}, true);
  merge_rows(c, gen.fn()->getArg(1), gen.fn()->getArg(2));
  gen.end_function();
  return c.e.add_function(name);
}

void AggregateStates::merge_rows(QueryCompiler& c, llvm::Value* into, llvm::Value* from) const {
  Gen& gen = c.gen;
  for (const Place& place : places_) {
    const uint32_t flag = place.flag == kNone ? 0 : place.flag;
    flush(c, place, into);
    flush(c, place, from);
    merge(c, place, gen.offset(into, place.offset), gen.offset(into, flag),
          gen.offset(from, place.offset), gen.offset(from, flag));
  }
}

void RegisterStates::setup(QueryCompiler& c, const AggregateStates& states) {
  states_.clear();
  flags_.clear();
  for (const auto& place : states.places_) {
    const ResolvedAggregate& f = place.function;
    const bool small =
        place.size <= kLargestRegisterState && !f.add.takes_state && !f.order_matters;
    if (!small) {
      states_.push_back(nullptr);
      flags_.push_back(nullptr);
      continue;
    }
    llvm::Value* state = c.gen.entry_alloca(place.size, f.state_align, place.call->name + ".state");
    c.gen.zero(state, place.size);
    call_init(c, f, state);
    states_.push_back(state);
    llvm::Value* flag = nullptr;
    if (place.flag != kNone) {
      flag = c.gen.entry_alloca(1, 8, place.call->name + ".added");
      c.gen.store(c.gen.b.getInt8(0), flag, 0);
    }
    flags_.push_back(flag);
  }
}

void RegisterStates::teardown(QueryCompiler& c, const AggregateStates& states,
                              llvm::Value* row) const {
  for (size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] == nullptr) continue;
    const auto& place = states.places_[i];
    states.merge(c, place, c.gen.offset(row, place.offset),
                 c.gen.offset(row, place.flag == kNone ? 0 : place.flag), states_[i], flags_[i]);
  }
}

}  // namespace sp::codegen
