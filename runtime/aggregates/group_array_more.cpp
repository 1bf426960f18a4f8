// groupArraySorted(n), groupArrayInsertAt(default, size)(x, position), groupConcat(delimiter,
// limit).

#include <algorithm>

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct ArrayBuildContext : SlotContext {
  explicit ArrayBuildContext(Type slot_type) : SlotContext(slot_type) {}
  uint64_t limit = UINT64_MAX;  // groupArraySorted: n; groupArrayInsertAt: size; groupConcat: limit
  uint64_t exact_size = 0;      // groupArrayInsertAt: size of the result if given
  std::vector<char> fallback;   // groupArrayInsertAt: slot of the default
  std::string delimiter;
};

// Slots kept sorted, the smallest `limit` of them.
struct SortedSlots {
  GrowingArray<char*> slots;
  void add(ExecState& exec, const ArrayBuildContext& context, const void* slot) noexcept;
  void merge(ExecState& exec, const ArrayBuildContext& context, const SortedSlots& other) {
    for (const char* slot : other.slots) add(exec, context, slot);
  }
  void write(const ArrayBuildContext& context, StateWriter& out) const {
    out.varint(slots.size);
    for (const char* slot : slots) serialize_slot(context.type, slot, out.text());
  }
  bool read(ExecState& exec, const ArrayBuildContext& context, StateReader& in) {
    return read_slots(exec, context.type, in, [&](const void* slot) {
      add(exec, context, slot);
      return true;
    });
  }
};

struct PlacedSlots {
  GrowingArray<char*> slots;  // null: nothing placed there
  void add(ExecState& exec, const ArrayBuildContext& context, const void* slot,
           uint64_t position) noexcept;
  void merge(ExecState& exec, const ArrayBuildContext& context, const PlacedSlots& other) {
    for (uint64_t i = 0; i < other.slots.size; ++i) {
      if (other.slots[i] != nullptr) add(exec, context, other.slots[i], i);
    }
  }
  void write(const ArrayBuildContext& context, StateWriter& out) const {
    out.varint(slots.size);
    for (const char* slot : slots) {
      out.pod(static_cast<uint8_t>(slot != nullptr));
      if (slot != nullptr) serialize_slot(context.type, slot, out.text());
    }
  }
  bool read(ExecState& exec, const ArrayBuildContext& context, StateReader& in) {
    uint64_t count;
    if (!in.count(count)) return false;
    void* slot = exec.persistent.allocate(context.size, 8);
    for (uint64_t i = 0; i < count; ++i) {
      uint8_t has;
      if (!in.pod(has)) return false;
      if (!has) continue;
      if (!read_slot(exec, context.type, in, slot)) return false;
      add(exec, context, slot, i);
    }
    return true;
  }
};

struct ConcatState {
  GrowingArray<char> text;
  uint64_t count;
  void add(ExecState& exec, const ArrayBuildContext& context, std::string_view value) noexcept {
    if (count >= context.limit) return;
    if (count++ > 0) text.append(exec, context.delimiter.data(), context.delimiter.size());
    text.append(exec, value.data(), value.size());
  }
  void merge(ExecState& exec, const ArrayBuildContext& context, const ConcatState& other);
  void write(const ArrayBuildContext&, StateWriter& out) const {
    out.varint(count);
    out.bytes({text.data, text.size});
    out.varint(ends.size);
    for (const uint64_t end : ends) out.varint(end);
  }
  bool read(ExecState& exec, const ArrayBuildContext& context, StateReader& in);
  GrowingArray<uint64_t> ends;  // end of each value in text, for merging under a limit
};

}  // namespace sp

using namespace sp;

extern "C" void sp_group_array_sorted_add(ExecState& exec, const ArrayBuildContext* context,
                                          SortedSlots* state, const void* slot) noexcept {
  state->add(exec, *context, slot);
}
extern "C" void sp_group_array_sorted_finish(ExecState& exec, const ArrayBuildContext* context,
                                             const SortedSlots* state, ArrayRef* out) noexcept {
  char* slots =
      static_cast<char*>(exec.persistent.allocate(state->slots.size * context->size + 1, 8));
  for (uint64_t i = 0; i < state->slots.size; ++i)
    std::memcpy(slots + i * context->size, state->slots[i], context->size);
  *out = {slots, state->slots.size};
}
SP_STATE_BODIES_WITH(sp_group_array_sorted, ArrayBuildContext, SortedSlots)

extern "C" void sp_group_array_insert_at_add(ExecState& exec, const ArrayBuildContext* context,
                                             PlacedSlots* state, const void* slot,
                                             uint64_t position) noexcept {
  state->add(exec, *context, slot, position);
}
extern "C" void sp_group_array_insert_at_finish(ExecState& exec, const ArrayBuildContext* context,
                                                const PlacedSlots* state, ArrayRef* out) noexcept {
  const uint64_t size = context->exact_size != 0 ? context->exact_size : state->slots.size;
  char* slots = static_cast<char*>(exec.persistent.allocate(size * context->size + 1, 8));
  for (uint64_t i = 0; i < size; ++i) {
    const char* slot = i < state->slots.size ? state->slots[i] : nullptr;
    std::memcpy(slots + i * context->size, slot != nullptr ? slot : context->fallback.data(),
                context->size);
  }
  *out = {slots, size};
}
SP_STATE_BODIES_WITH(sp_group_array_insert_at, ArrayBuildContext, PlacedSlots)

extern "C" void sp_group_concat_add(ExecState& exec, const ArrayBuildContext* context,
                                    ConcatState* state, const StringRef& value) noexcept {
  if (state->count >= context->limit) return;
  state->add(exec, *context, value.view());
  state->ends.push(exec, state->text.size);
}
extern "C" void sp_group_concat_finish(const ConcatState* state, StringRef* out) noexcept {
  *out = StringRef(state->text.data, state->text.size);
}
SP_STATE_BODIES_WITH(sp_group_concat, ArrayBuildContext, ConcatState)

#ifndef SP_BITCODE
namespace sp {

void SortedSlots::add(ExecState& exec, const ArrayBuildContext& context,
                      const void* slot) noexcept {
  const auto less = [&](const void* a, const void* b) { return context.ops->compare(a, b) < 0; };
  char* memory = nullptr;
  if (slots.size == context.limit) {
    if (!less(slot, slots.back())) return;
    memory = slots[--slots.size];
  } else {
    memory = static_cast<char*>(exec.persistent.allocate(context.size, 8));
  }
  context.ops->copy(memory, slot, exec.persistent);
  const uint64_t at = static_cast<uint64_t>(
      std::upper_bound(slots.begin(), slots.end(), memory, less) - slots.begin());
  slots.push(exec, memory);
  std::rotate(slots.begin() + at, slots.end() - 1, slots.end());
}

void PlacedSlots::add(ExecState& exec, const ArrayBuildContext& context, const void* slot,
                      uint64_t position) noexcept {
  constexpr uint64_t kLargest = 0xFFFFFF;
  if (position >= context.limit) return;
  if (position >= kLargest) {
    exec.fail(ErrorCode::kTooLargeArraySize, "Too large array size: position argument (" +
                                                 std::to_string(position) +
                                                 ") is greater or equals to limit (16777215)");
    return;
  }
  while (slots.size <= position) slots.push(exec, nullptr);
  if (slots[position] != nullptr) return;  // the first one stays
  slots[position] = static_cast<char*>(exec.persistent.allocate(context.size, 8));
  context.ops->copy(slots[position], slot, exec.persistent);
}

void ConcatState::merge(ExecState& exec, const ArrayBuildContext& context,
                        const ConcatState& other) {
  uint64_t begin = 0;
  for (const uint64_t end : other.ends) {
    if (count >= context.limit) return;
    add(exec, context, {other.text.data + begin, end - begin});
    ends.push(exec, text.size);
    begin = end + context.delimiter.size();
  }
}

bool ConcatState::read(ExecState& exec, const ArrayBuildContext& context, StateReader& in) {
  ConcatState other{};
  std::string_view bytes;
  uint64_t size;
  if (!in.varint(other.count) || !in.bytes(bytes) || !in.count(size) || size != other.count)
    return false;
  other.text.append(exec, bytes.data(), bytes.size());
  uint64_t last = 0;
  for (uint64_t i = 0; i < size; ++i) {
    uint64_t end;
    if (!in.varint(end) || end > bytes.size() ||
        end < last + (i > 0 ? context.delimiter.size() : 0))
      return false;
    other.ends.push(exec, end);
    last = end;
  }
  merge(exec, context, other);
  return true;
}

namespace {

Result<ResolvedAggregate> resolve_sorted(Arguments parameters, Arguments arguments,
                                         const ResolveOptions&) {
  SP_TRY_VOID(expect_arguments("groupArraySorted", arguments, 1));
  const auto limit = parameters.size() == 1 ? constant_unsigned(parameters[0]) : std::nullopt;
  if (!limit || *limit == 0) {
    return fail(ErrorCode::kBadArguments,
                "Parameter for aggregate function groupArraySorted should be positive number");
  }
  auto context = std::make_shared<ArrayBuildContext>(arguments[0].type);
  context->limit = *limit;
  ResolvedAggregate resolved;
  resolved.result = Type::array(arguments[0].type);
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_group_array_sorted, SortedSlots);
  return resolved;
}

Result<ResolvedAggregate> resolve_insert_at(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_arguments("groupArrayInsertAt", arguments, 2));
  const Type type = arguments[0].type;
  if (!arguments[1].type.is_unsigned()) {
    return fail(
        ErrorCode::kIllegalTypeOfArgument,
        "Second argument of aggregate function groupArrayInsertAt must be unsigned integer.");
  }
  auto context = std::make_shared<ArrayBuildContext>(type);
  context->fallback.resize(context->size, 0);
  if (!parameters.empty()) {
    if (parameters[0].constant == nullptr)
      return fail(ErrorCode::kBadArguments, "The default of groupArrayInsertAt must be a literal");
    const auto kind = number_kind(type);
    const auto number = constant_number(parameters[0]);
    if (kind && number) {
      switch (*kind) {
#define SP_CASE(suffix, T)                                    \
  case NumberKind::suffix: {                                  \
    const T value = static_cast<T>(*number);                  \
    std::memcpy(context->fallback.data(), &value, sizeof(T)); \
  } break;
        SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
      }
    } else if (type.is_string_like() && parameters[0].constant_text()) {
      context->delimiter = *parameters[0].constant_text();
      const StringRef text(context->delimiter);  // lives in the context
      std::memcpy(context->fallback.data(), &text, sizeof(text));
    } else {
      return fail(ErrorCode::kBadArguments,
                  "Cannot convert the default of groupArrayInsertAt to " + type.name());
    }
  }
  if (parameters.size() > 1) {
    const auto size = constant_unsigned(parameters[1]);
    if (!size || *size == 0)
      return fail(ErrorCode::kBadArguments,
                  "The size of groupArrayInsertAt must be a positive integer");
    context->limit = context->exact_size = *size;
  }
  ResolvedAggregate resolved;
  resolved.result = Type::array(type);
  resolved.arguments = {type, Type::of(TypeKind::kUInt64)};
  resolved.order_matters = true;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_group_array_insert_at, PlacedSlots);
  return resolved;
}

Result<ResolvedAggregate> resolve_concat(Arguments parameters, Arguments arguments,
                                         const ResolveOptions&) {
  if (arguments.empty() || arguments.size() > 2 || parameters.size() > 2) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function groupConcat");
  }
  auto context = std::make_shared<ArrayBuildContext>(Type::of(TypeKind::kString));
  const Argument* delimiter = !parameters.empty()     ? &parameters[0]
                              : arguments.size() == 2 ? &arguments[1]
                                                      : nullptr;
  if (delimiter != nullptr) {
    const auto text = delimiter->constant_text();
    if (!text)
      return fail(ErrorCode::kBadArguments,
                  "First parameter for aggregate function groupConcat should be string");
    context->delimiter = *text;
  }
  if (parameters.size() == 2) {
    const auto limit = constant_unsigned(parameters[1]);
    if (!limit || *limit == 0) {
      return fail(
          ErrorCode::kBadArguments,
          "Second parameter for aggregate function groupConcat should be a positive number");
    }
    context->limit = *limit;
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kString);
  resolved.arguments = {resolved.result};  // CAST to String, whatever it is
  if (arguments.size() == 2) resolved.arguments.push_back(resolved.result);
  resolved.order_matters = true;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_group_concat, ConcatState);
  return resolved;
}

}  // namespace

SP_AGGREGATES(group_array_more) {
  rows.push_back({.name = "groupArraySorted",
                  .resolve = &resolve_sorted,
                  .doc = "Array of the `n` smallest values of `x`, in order.",
                  .example = "SELECT groupArraySorted(3)(-number) FROM numbers(9)",
                  .example_result = "[-8,-7,-6]"});
  rows.push_back({.name = "groupArrayInsertAt",
                  .resolve = &resolve_insert_at,
                  .doc = "Array with each `x` at its `position`; parameters: default and size.",
                  .example = "SELECT groupArrayInsertAt(7)(number, number * 2) FROM numbers(3)",
                  .example_result = "[0,7,1,7,2]"});
  rows.push_back({.name = "groupConcat",
                  .aliases = {"group_concat", "string_agg"},
                  .case_insensitive = true,
                  .resolve = &resolve_concat,
                  .doc = "Text of all `x`, with `delimiter` between them, of at most `limit` rows.",
                  .example = "SELECT groupConcat(',')(number) FROM numbers(4)",
                  .example_result = "0,1,2,3"});
}

}  // namespace sp
#endif
