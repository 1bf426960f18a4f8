// -Resample(start, end, step)(arguments..., key): one result for each interval of the key, as an
// array.
// -Map: one result for each key of a Map argument. -ArgMin, -ArgMax: only the rows with the
// smallest or largest last argument count.

#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/aggregates/value_holder.h"
#include "runtime/aggregates/wrapping.h"

namespace sp {

struct ResampleContext : WrapContext {
  using WrapContext::WrapContext;
  int64_t begin = 0, end = 0, step = 1;
  uint64_t count = 0;
  uint32_t key_offset = 0;
};

struct Resample {
  static char* at(const ResampleContext& context, void* state, uint64_t i) {
    return static_cast<char*>(state) + i * context.nested.state_size();
  }
  static void add(ExecState& exec, const ResampleContext& context, void* state,
                  const void* row) noexcept {
    int64_t key;
    std::memcpy(&key, static_cast<const char*>(row) + context.key_offset, sizeof(key));
    if (key < context.begin || key >= context.end) return;
    context.nested.add_packed(
        exec, at(context, state, static_cast<uint64_t>((key - context.begin) / context.step)), row);
  }
  static void merge(ExecState& exec, const ResampleContext& context, void* into,
                    const void* from) noexcept {
    for (uint64_t i = 0; i < context.count; ++i) {
      context.nested.merge(exec, at(context, into, i), at(context, const_cast<void*>(from), i));
    }
  }
  static void finish(ExecState& exec, const ResampleContext& context, const void* state,
                     void* out) noexcept {
    const uint32_t size = slot_layout(context.nested.result()).size;
    char* results = static_cast<char*>(exec.persistent.allocate(context.count * size + 1, 16));
    for (uint64_t i = 0; i < context.count; ++i) {
      context.nested.finish(exec, at(context, const_cast<void*>(state), i), results + i * size);
    }
    *static_cast<ArrayRef*>(out) = {results, context.count};
  }
  static void write(const ResampleContext& context, const void* state, StateWriter& out) {
    for (uint64_t i = 0; i < context.count; ++i)
      context.write_nested(at(context, const_cast<void*>(state), i), out);
  }
  static bool read(ExecState& exec, const ResampleContext& context, void* state, StateReader& in) {
    for (uint64_t i = 0; i < context.count; ++i) {
      if (!context.read_nested(exec, at(context, state, i), in)) return false;
    }
    return true;
  }
};

struct MapStatesContext : WrapContext {
  MapStatesContext(Nested wrapped, Type key_type, Type value_type)
      : WrapContext(std::move(wrapped)),
        ops(&slot_ops(key_type)) {
    const RowLayout layout = row_layout({key_type, value_type});
    value_offset = layout.offsets[1];
    entry_size = slot_layout(Type::tuple({key_type, value_type})).size;
    const Type result_entry = Type::tuple({key_type, nested.result()});
    result_offset = row_layout(result_entry.inner()).offsets[1];
    result_size = slot_layout(result_entry).size;
  }
  const SlotOps* ops;
  uint32_t value_offset, entry_size, result_offset, result_size;
  uint32_t payload() const { return nested.state_size(); }
};

struct ByKey {
  static char* state_of(ExecState& exec, const MapStatesContext& context, void* state,
                        const void* key) noexcept {
    bool is_new = false;
    char* nested = static_cast<SlotTable*>(state)->find_or_insert(exec, *context.ops,
                                                                  context.payload(), key, is_new);
    if (is_new) context.nested.init(nested);
    return nested;
  }
  static void add(ExecState& exec, const MapStatesContext& context, void* state,
                  const void* row) noexcept {
    const auto& map = *static_cast<const ArrayRef*>(row);
    for (uint64_t i = 0; i < map.size; ++i) {
      const char* entry = static_cast<const char*>(map.data) + i * context.entry_size;
      const void* value = entry + context.value_offset;
      context.nested.add(exec, state_of(exec, context, state, entry), &value);
    }
  }
  static void merge(ExecState& exec, const MapStatesContext& context, void* into,
                    const void* from) noexcept {
    for (char* row : static_cast<const SlotTable*>(from)->rows) {
      context.nested.merge(
          exec, state_of(exec, context, into, SlotTable::slot_of(row, context.payload())),
          SlotTable::payload_of(row));
    }
  }
  static void finish(ExecState& exec, const MapStatesContext& context, const void* state,
                     void* out) noexcept;
  static void write(const MapStatesContext& context, const void* state, StateWriter& out) {
    const auto& rows = static_cast<const SlotTable*>(state)->rows;
    out.varint(rows.size);
    for (char* row : rows) {
      serialize_slot(context.ops->type, SlotTable::slot_of(row, context.payload()), out.text());
      context.write_nested(SlotTable::payload_of(row), out);
    }
  }
  static bool read(ExecState& exec, const MapStatesContext& context, void* state, StateReader& in) {
    return read_slots(exec, context.ops->type, in, [&](const void* key) {
      return context.read_nested(exec, state_of(exec, context, state, key), in);
    });
  }
};

struct BestContext : WrapContext {
  BestContext(Nested wrapped, Type key_type, uint32_t offset, bool is_max)
      : WrapContext(std::move(wrapped)),
        key(key_type),
        key_offset(offset),
        max(is_max) {
    nested_offset = (static_cast<uint32_t>(sizeof(SlotHolder)) + 15) / 16 * 16;
  }
  SlotContext key;
  uint32_t key_offset;
  bool max;
};

struct Best {
  // Negative: the held key is better than `key`; positive: `key` is; zero: equal.
  static int compare_key(const BestContext& context, const SlotHolder& held,
                         const void* key) noexcept {
    if (!held.has) return 1;
    const int order = context.key.ops->compare(key, held.get(context.key));
    return context.max ? order : -order;
  }
  static void* nested(const BestContext& context, void* state) {
    return static_cast<char*>(state) + context.nested_offset;
  }
  static void add(ExecState& exec, const BestContext& context, void* state,
                  const void* row) noexcept {
    auto& held = *static_cast<SlotHolder*>(state);
    const void* key = static_cast<const char*>(row) + context.key_offset;
    const int order = compare_key(context, held, key);
    if (order < 0) return;
    if (order > 0) {
      held.set(exec, context.key, key);
      context.nested.init(nested(context, state));
    }
    context.nested.add_packed(exec, nested(context, state), row);
  }
  static void merge(ExecState& exec, const BestContext& context, void* into,
                    const void* from) noexcept {
    auto& held = *static_cast<SlotHolder*>(into);
    const auto& other = *static_cast<const SlotHolder*>(from);
    if (!other.has) return;
    const int order = compare_key(context, held, other.get(context.key));
    if (order < 0) return;
    if (order > 0) {
      held.set(exec, context.key, other.get(context.key));
      context.nested.init(nested(context, into));
    }
    context.nested.merge(exec, nested(context, into), nested(context, const_cast<void*>(from)));
  }
  static void finish(ExecState& exec, const BestContext& context, const void* state,
                     void* out) noexcept {
    context.nested.finish(exec, nested(context, const_cast<void*>(state)), out);
  }
  static void write(const BestContext& context, const void* state, StateWriter& out) {
    static_cast<const SlotHolder*>(state)->write(context.key, out);
    context.write_nested(nested(context, const_cast<void*>(state)), out);
  }
  static bool read(ExecState& exec, const BestContext& context, void* state, StateReader& in) {
    void* other = exec.persistent.allocate(context.nested_offset + context.nested.state_size(), 16);
    std::memset(other, 0, context.nested_offset);
    context.nested.init(nested(context, other));
    if (!static_cast<SlotHolder*>(other)->read(exec, context.key, in)) return false;
    if (!context.read_nested(exec, nested(context, other), in)) return false;
    merge(exec, context, state, other);
    return true;
  }
};

}  // namespace sp

extern "C" void sp_resample_init(const sp::ResampleContext* context, void* state) noexcept {
  for (uint64_t i = 0; i < context->count; ++i)
    context->nested.init(sp::Resample::at(*context, state, i));
}
extern "C" void sp_best_init(const sp::BestContext* context, void* state) noexcept {
  std::memset(state, 0, context->nested_offset);
  context->nested.init(sp::Best::nested(*context, state));
}
SP_WRAP_BODIES(sp_resample, sp::ResampleContext, sp::Resample)
SP_WRAP_BODIES(sp_by_key, sp::MapStatesContext, sp::ByKey)
SP_WRAP_BODIES(sp_best, sp::BestContext, sp::Best)

#ifndef SP_BITCODE
#include <algorithm>
#include <cmath>

#include "runtime/aggregates/parameters.h"

namespace sp {

// In the order of keys, as ClickHouse returns them.
void ByKey::finish(ExecState& exec, const MapStatesContext& context, const void* state,
                   void* out) noexcept {
  const auto& rows = static_cast<const SlotTable*>(state)->rows;
  const uint32_t payload = context.payload();
  std::vector<char*> sorted(rows.begin(), rows.end());
  std::sort(sorted.begin(), sorted.end(), [&](const char* a, const char* b) {
    return context.ops->compare(SlotTable::slot_of(a, payload), SlotTable::slot_of(b, payload)) < 0;
  });
  char* entries =
      static_cast<char*>(exec.persistent.allocate(rows.size * context.result_size + 1, 16));
  char* entry = entries;
  for (char* row : sorted) {
    std::memcpy(entry, SlotTable::slot_of(row, payload), context.ops->layout.size);
    context.nested.finish(exec, SlotTable::payload_of(row), entry + context.result_offset);
    entry += context.result_size;
  }
  *static_cast<ArrayRef*>(out) = {entries, rows.size};
}

namespace {

Result<ResolvedAggregate> resolve_resample(const CombinatorCall& call) {
  if (call.parameters.size() < 3 || call.arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(call.name) +
                    " requires parameters start, end, step and a key");
  }
  const Type key = call.arguments.back().type.base();
  if (!key.is_integer() && !key.is_date_like()) return illegal_type(call.name, key);
  // The last three parameters are the combinator's own.
  CombinatorCall inner = call;
  inner.parameters = call.parameters.first(call.parameters.size() - 3);
  // Rows with a NULL belong to no bucket: the buckets themselves know no NULL.
  std::vector<Argument> values(call.arguments.begin(), call.arguments.end() - 1);
  for (Argument& value : values) {
    if (!value.type.base().is(TypeKind::kNothing)) value.type = value.type.base();
  }
  SP_TRY(ResolvedAggregate nested, inner.resolve_nested(values));
  const auto bounds = call.parameters.subspan(inner.parameters.size());
  const auto begin = constant_number(bounds[0]), end = constant_number(bounds[1]),
             step = constant_number(bounds[2]);
  if (!begin || !end || !step || *step < 1) {
    return fail(ErrorCode::kArgumentOutOfBound,
                "The step used in function " + std::string(call.name) + " cannot be zero");
  }
  ResolvedAggregate resolved;
  resolved.arguments = nested.arguments;
  resolved.arguments.push_back(Type::of(TypeKind::kInt64));
  resolved.skip_nulls = nested.skip_nulls;
  resolved.order_matters = nested.order_matters;
  auto context = std::make_shared<ResampleContext>(Nested(std::move(nested)));
  context->begin = static_cast<int64_t>(*begin);
  context->end = static_cast<int64_t>(*end);
  context->step = static_cast<int64_t>(*step);
  context->count = *end <= *begin
                       ? 0
                       : static_cast<uint64_t>((context->end - context->begin + context->step - 1) /
                                               context->step);
  if (context->count > 1048576)
    return fail(
        ErrorCode::kArgumentOutOfBound,
        "The range given in function " + std::string(call.name) + " contains too many elements");
  context->key_offset = row_layout(resolved.arguments).offsets.back();
  resolved.result = Type::array(context->nested.result());
  resolved.state_size = static_cast<uint32_t>(context->count * context->nested.state_size());
  resolved.state_align = context->nested.state_align();
  resolved.init = SP_SYMBOL(sp_resample_init);
  resolved.pack_from = 0;
  SP_USE_SYMBOLS(resolved, sp_resample);
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_map(const CombinatorCall& call) {
  SP_TRY_VOID(expect_arguments(call.name, call.arguments, 1));
  const Type map = call.arguments[0].type.base();
  if (!map.is(TypeKind::kMap)) return illegal_type(call.name, map);
  const Type value = map.inner()[1].without_low_cardinality();
  const Argument values[] = {{value, false, nullptr, ""}};
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(values));
  std::vector<bool> nullable;
  Type value_slot = value;
  if (!nested.arguments.empty()) {
    nullable.push_back(nested.skip_nulls && value.is_nullable());
    value_slot = nullable[0] ? Type::nullable(nested.arguments[0]) : nested.arguments[0];
  }
  const Type key = map.inner()[0].without_low_cardinality();
  ResolvedAggregate resolved;
  resolved.arguments = {Type::map(key, value_slot)};
  resolved.order_matters = nested.order_matters;
  resolved.result = Type::map(key, nested.result);
  resolved.state_size = sizeof(SlotTable);
  resolved.context = std::make_shared<MapStatesContext>(
      Nested(std::move(nested), std::move(nullable)), key, value_slot);
  resolved.pack_from = 0;
  SP_USE_SYMBOLS(resolved, sp_by_key);
  return resolved;
}

template <bool kMax>
Result<ResolvedAggregate> resolve_best(const CombinatorCall& call) {
  if (call.arguments.empty()) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Aggregate function " + std::string(call.name) + " requires an argument to compare by");
  }
  // A Nullable key makes the result Nullable, as a Nullable value does.
  std::vector<Argument> values(call.arguments.begin(), call.arguments.end() - 1);
  if (call.arguments.back().type.can_be_null() && !values.empty())
    values[0].type = Type::nullable(values[0].type.base());
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(values));
  const Type key = call.arguments.back().type.base();
  ResolvedAggregate resolved;
  resolved.result = nested.result;
  resolved.arguments = nested.arguments;
  resolved.arguments.push_back(key);
  resolved.order_matters = nested.order_matters;
  const uint32_t offset = row_layout(resolved.arguments).offsets.back();
  auto context = std::make_shared<BestContext>(Nested(std::move(nested)), key, offset, kMax);
  resolved.state_size = context->nested_offset + context->nested.state_size();
  resolved.state_align = std::max<uint32_t>(8, context->nested.state_align());
  resolved.init = SP_SYMBOL(sp_best_init);
  resolved.pack_from = 0;
  SP_USE_SYMBOLS(resolved, sp_best);
  resolved.context = std::move(context);
  return resolved;
}

const Combinator combinator_resample("Resample", &resolve_resample);
const Combinator combinator_map("Map", &resolve_map);
const Combinator combinator_arg_min("ArgMin", &resolve_best<false>);
const Combinator combinator_arg_max("ArgMax", &resolve_best<true>);

}  // namespace
}  // namespace sp
#endif
