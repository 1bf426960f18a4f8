// Distinct texts without the texts: where all rows come from one scan, a column may have numbers of
// its values (equal texts, equal numbers) or their hashes, by code. Part of AggregateStates.
//   uniqExact:              numbers != null ? set.add(numbers[code]) : set.add(text)
//   uniq:                   hashes != null ? buffer.add(hashes[code]) : add(&state, text)
//   uniqCombined, uniqHLL12: numbers == null || filter.add(numbers[code]) ? add(&state, text)

#include <llvm/IR/Constants.h>

#include "compiler/codegen/steps/aggregate_states.h"
#include "runtime/exec/number_set.h"
#include "runtime/exec/uniq_buffer.h"

namespace sp::codegen {
namespace {

// Approximate counters of texts: adding a value again changes nothing, and costs a hash and a
// random access.
bool ignores_repetition(std::string_view add) {
  return add == "sp_uniq_combined_string_add" || add == "sp_uniq_hll12_string_add";
}

}  // namespace

uint32_t AggregateStates::count_by_codes(Place& place, uint32_t at) {
  // Not -State, whose finish reads the set of hashes.
  const bool counts = std::string_view(place.function.finish.name) == "sp_uniq_exact_wide_finish";
  if (counts && std::string_view(place.function.add.name) == "sp_uniq_exact_string_add")
    count_by_number(place);
  if (ignores_repetition(place.function.add.name)) {
    place.filter = at = (at + 7) / 8 * 8;
    at += sizeof(NumberSet);
  }
  if (std::string_view(place.function.add.name) == "sp_uniq_string_add") {
    place.buffer = at = (at + 7) / 8 * 8;
    at += sizeof(UniqBuffer);
  }
  return at;
}

// uniqExact(text): numbers instead of hashes wherever the column has them.
void AggregateStates::count_by_number(Place& place) {
  place.distinct = true;
  ResolvedAggregate& f = place.function;
  f.state_size = sizeof(NumberSet);
  f.state_align = alignof(NumberSet);
  f.init = {};
  f.add = SP_SYMBOL(sp_number_set_add_text);
  f.merge = SP_SYMBOL(sp_number_set_merge);
  f.finish = SP_SYMBOL(sp_number_set_finish);
}

// numbers != null ? add_number(&state, numbers[code]) : add_string(&state, text)
void AggregateStates::add_distinct(QueryCompiler& c, const Place& place, llvm::Value* state,
                                   const SqlValue& value) const {
  Gen& gen = c.gen;
  const auto by_text = [&] {
    gen.runtime_call(SP_SYMBOL(sp_number_set_add_text), {c.e.state(), state, value.value});
  };
  const ColumnSource* source = c.e.scan_source(place.call->args[0].get());
  if (source == nullptr) return by_text();
  llvm::Value* numbers = source->numbers();
  llvm::Value* code = source->code();
  c.e.branch(
      gen.b.CreateICmpNE(numbers, llvm::ConstantPointerNull::get(gen.b.getPtrTy())),
      [&] {
        llvm::Value* at = gen.b.CreateInBoundsGEP(gen.i32(), numbers, code);
        gen.runtime_call(SP_SYMBOL(sp_number_set_add),
                         {c.e.state(), state, gen.load(gen.i32(), at, 0, "number")});
      },
      by_text, "numbered");
}

// hashes == null ? add_text(&state, text) : add_hash(&row.buffer, &state, hashes[code])
void AggregateStates::add_hash(QueryCompiler& c, const Place& place, llvm::Value* row,
                               llvm::Value* state, const std::function<void()>& by_text) const {
  Gen& gen = c.gen;
  const ColumnSource* source =
      place.buffer == kNone ? nullptr : c.e.scan_source(place.call->args[0].get());
  if (source == nullptr) return by_text();
  llvm::Value* hashes = source->hashes();
  llvm::Value* code = source->code();
  c.e.branch(
      gen.b.CreateICmpNE(hashes, llvm::ConstantPointerNull::get(gen.b.getPtrTy())),
      [&] {
        llvm::Value* at = gen.b.CreateInBoundsGEP(gen.i32(), hashes, code);
        llvm::Value* hash = gen.load(gen.i32(), at, 0, "hash");
        gen.runtime_call(SP_SYMBOL(sp_uniq_buffer_add),
                         {c.e.state(), gen.offset(row, place.buffer), state, hash});
      },
      by_text, "hashed");
}

void AggregateStates::flush(QueryCompiler& c, const Place& place, llvm::Value* row) const {
  if (place.buffer == kNone) return;
  c.gen.runtime_call(SP_SYMBOL(sp_uniq_buffer_flush), {c.e.state(), c.gen.offset(row, place.buffer),
                                                       c.gen.offset(row, place.offset)});
}

// numbers == null || filter.add(numbers[code]) ? body
void AggregateStates::if_new(QueryCompiler& c, const Place& place, llvm::Value* row,
                             const std::function<void()>& body) const {
  Gen& gen = c.gen;
  const ColumnSource* source =
      place.filter == kNone ? nullptr : c.e.scan_source(place.call->args[0].get());
  if (source == nullptr) return body();
  llvm::Value* numbers = source->numbers();
  llvm::Value* is_new = gen.entry_alloca(1, 8, "is.new");
  gen.store(gen.b.getInt8(1), is_new, 0);
  c.e.branch(
      gen.b.CreateICmpNE(numbers, llvm::ConstantPointerNull::get(gen.b.getPtrTy())),
      [&] {
        llvm::Value* at = gen.b.CreateInBoundsGEP(gen.i32(), numbers, source->code());
        llvm::Value* number = gen.load(gen.i32(), at, 0, "number");
        llvm::Value* set = gen.offset(row, place.filter);
        gen.store(
            gen.runtime_call(SP_SYMBOL(sp_number_set_add_new), {c.e.state(), set, number}, "new"),
            is_new, 0);
      },
      {}, "numbered");
  c.e.branch(gen.b.CreateICmpNE(gen.load(gen.i8(), is_new, 0, "new"), gen.b.getInt8(0)), body, {},
             "first.time");
}

}  // namespace sp::codegen
