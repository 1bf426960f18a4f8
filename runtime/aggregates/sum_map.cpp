// sumMap, sumMapWithOverflow, sumMapFiltered(keys), minMap, maxMap: per key over Map(key, number),
// (keys, values) arrays or a tuple of them. Results are sorted by key; sumMap leaves out keys whose
// sums are all zero.

#include <algorithm>

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

enum class MapOperation : uint8_t { kSum, kMin, kMax };

struct MapAggregateContext : AggregateContext {
  MapOperation operation = MapOperation::kSum;
  bool as_map = false;  // the argument and result are a Map
  const SlotOps* key = nullptr;
  std::vector<NumberKind> kinds;  // of the values, as combined
  std::vector<uint32_t> strides;  // of their slots in arrays
  std::vector<uint8_t> nullable;  // NULLs among them count for nothing
  bool any_nullable = false;
  uint32_t argument_value_offset = 0, argument_stride = 0;  // in entries of a Map argument
  uint32_t result_value_offset = 0, result_stride = 0;
  bool filtered = false;  // only these keys count: slots of the key's type
  std::vector<std::vector<char>> wanted;
  std::vector<std::string> texts;  // of wanted strings
  bool counts(const void* slot) const noexcept {
    if (!filtered) return true;
    for (const auto& one : wanted) {
      if (key->equal(one.data(), slot)) return true;
    }
    return false;
  }
  // A value is combined in 8 bytes; if there may be NULLs, a word says whether there is one.
  uint32_t cell() const { return any_nullable ? 16 : 8; }
  uint32_t payload() const { return static_cast<uint32_t>(kinds.size()) * cell(); }
};

struct MapAggregate {
  SlotTable table;

  // A null pointer stands for NULL.
  void combine(ExecState& exec, const MapAggregateContext& context, const void* key,
               const void* const* values) noexcept;
  void add(ExecState& exec, const MapAggregateContext& context, const void* row) noexcept;
  void merge(ExecState& exec, const MapAggregateContext& context, const MapAggregate& other);
  void write(const MapAggregateContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const MapAggregateContext& context, StateReader& in);
  void finish(ExecState& exec, const MapAggregateContext& context, void* out) const noexcept;
};

}  // namespace sp

using namespace sp;

extern "C" void sp_map_aggregate_add(ExecState& exec, const MapAggregateContext* context,
                                     MapAggregate* state, const void* row) noexcept {
  state->add(exec, *context, row);
}
extern "C" void sp_map_aggregate_finish(ExecState& exec, const MapAggregateContext* context,
                                        const MapAggregate* state, void* out) noexcept {
  state->finish(exec, *context, out);
}
SP_STATE_BODIES_WITH(sp_map_aggregate, MapAggregateContext, MapAggregate)

#ifndef SP_BITCODE
namespace sp {
namespace {

template <class T>
void combine_number(MapOperation operation, bool is_new, char* into, const void* from) {
  T mine, value;
  std::memcpy(&mine, into, sizeof(T));
  std::memcpy(&value, from, sizeof(T));
  if (is_new)
    mine = value;
  else if (operation == MapOperation::kSum)
    mine = static_cast<T>(mine + value);
  else if (operation == MapOperation::kMin)
    mine = std::min(mine, value);
  else
    mine = std::max(mine, value);
  std::memcpy(into, &mine, sizeof(T));
}

// The value in a payload, or null.
const void* held(const MapAggregateContext& context, const char* payload, size_t v) {
  const char* cell = payload + v * context.cell();
  return context.any_nullable && cell[8] == 0 ? nullptr : cell;
}

uint32_t width_of(NumberKind kind) {
  switch (kind) {
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: return sizeof(T);
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  return 8;
}

}  // namespace

void MapAggregate::combine(ExecState& exec, const MapAggregateContext& context, const void* key,
                           const void* const* values) noexcept {
  if (!context.counts(key)) return;
  bool is_new = false;
  char* payload = table.find_or_insert(exec, *context.key, context.payload(), key, is_new);
  for (size_t i = 0; i < context.kinds.size(); ++i) {
    char* const cell = payload + i * context.cell();
    const bool first = context.any_nullable ? cell[8] == 0 : is_new;
    if (values[i] == nullptr) continue;
    if (context.any_nullable) cell[8] = 1;
    switch (context.kinds[i]) {
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: combine_number<T>(context.operation, first, cell, values[i]); break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  }
}

void MapAggregate::add(ExecState& exec, const MapAggregateContext& context,
                       const void* row) noexcept {
  const auto* arrays = static_cast<const ArrayRef*>(row);
  const auto value_at = [&](const char* slot, size_t v) -> const void* {
    return context.nullable[v] != 0 && slot[width_of(context.kinds[v])] != 0 ? nullptr : slot;
  };
  constexpr size_t kMost = 32;
  const void* values[kMost];
  if (context.as_map) {
    for (uint64_t i = 0; i < arrays[0].size; ++i) {
      const char* entry = static_cast<const char*>(arrays[0].data) + i * context.argument_stride;
      values[0] = value_at(entry + context.argument_value_offset, 0);
      combine(exec, context, entry, values);
    }
    return;
  }
  for (size_t v = 0; v < context.kinds.size(); ++v) {
    if (arrays[v + 1].size == arrays[0].size) continue;
    exec.fail(ErrorCode::kBadArguments, "Sizes of keys and values arrays do not match");
    return;
  }
  for (uint64_t i = 0; i < arrays[0].size; ++i) {
    for (size_t v = 0; v < context.kinds.size(); ++v) {
      values[v] =
          value_at(static_cast<const char*>(arrays[v + 1].data) + i * context.strides[v], v);
    }
    combine(exec, context, static_cast<const char*>(arrays[0].data) + i * context.key->layout.size,
            values);
  }
}

void MapAggregate::merge(ExecState& exec, const MapAggregateContext& context,
                         const MapAggregate& other) {
  for (char* row : other.table.rows) {
    const void* values[32];
    for (size_t v = 0; v < context.kinds.size(); ++v)
      values[v] = held(context, SlotTable::payload_of(row), v);
    combine(exec, context, SlotTable::slot_of(row, context.payload()), values);
  }
}

void MapAggregate::write(const MapAggregateContext& context, StateWriter& out) const {
  out.varint(table.rows.size);
  for (char* row : table.rows) {
    serialize_slot(context.key->type, SlotTable::slot_of(row, context.payload()), out.text());
    out.text().append(SlotTable::payload_of(row), context.payload());
  }
}

bool MapAggregate::read(ExecState& exec, const MapAggregateContext& context, StateReader& in) {
  uint64_t count;
  if (!in.count(count)) return false;
  void* key = exec.persistent.allocate(context.key->layout.size, 8);
  for (uint64_t i = 0; i < count; ++i) {
    if (!read_slot(exec, context.key->type, in, key)) return false;
    if (in.remaining() < context.payload()) return false;
    const void* values[32];
    for (size_t v = 0; v < context.kinds.size(); ++v) values[v] = held(context, in.at(), v);
    combine(exec, context, key, values);
    in.skip(context.payload());
  }
  return true;
}

void MapAggregate::finish(ExecState& exec, const MapAggregateContext& context,
                          void* out) const noexcept {
  const uint32_t payload = context.payload();
  GrowingArray<char*> sorted{};
  for (char* row : table.rows) {
    bool zero = context.operation == MapOperation::kSum && !context.as_map;
    for (uint32_t i = 0; zero && i < payload; ++i)
      zero = i % context.cell() >= 8 || SlotTable::payload_of(row)[i] == 0;
    if (!zero) sorted.push(exec, row);
  }
  std::sort(sorted.begin(), sorted.end(), [&](const char* a, const char* b) {
    return context.key->compare(SlotTable::slot_of(a, payload), SlotTable::slot_of(b, payload)) < 0;
  });
  const uint32_t key_size = context.key->layout.size;
  const auto allocate = [&](uint64_t size) {
    return static_cast<char*>(exec.persistent.allocate(sorted.size * size + 1, 16));
  };
  auto* arrays = static_cast<ArrayRef*>(out);
  if (context.as_map) {
    char* entries = allocate(context.result_stride);
    for (uint64_t i = 0; i < sorted.size; ++i) {
      char* entry = entries + i * context.result_stride;
      std::memcpy(entry, SlotTable::slot_of(sorted[i], payload), key_size);
      std::memcpy(entry + context.result_value_offset, SlotTable::payload_of(sorted[i]),
                  width_of(context.kinds[0]));
      if (context.any_nullable) {
        entry[context.result_value_offset + width_of(context.kinds[0])] =
            held(context, SlotTable::payload_of(sorted[i]), 0) == nullptr;
      }
    }
    arrays[0] = {entries, sorted.size};
    return;
  }
  char* keys = allocate(key_size);
  for (uint64_t i = 0; i < sorted.size; ++i)
    std::memcpy(keys + i * key_size, SlotTable::slot_of(sorted[i], payload), key_size);
  arrays[0] = {keys, sorted.size};
  for (size_t v = 0; v < context.kinds.size(); ++v) {
    const uint32_t width = width_of(context.kinds[v]);
    char* values = allocate(width);
    for (uint64_t i = 0; i < sorted.size; ++i)
      std::memcpy(values + i * width, SlotTable::payload_of(sorted[i]) + v * context.cell(), width);
    arrays[v + 1] = {values, sorted.size};
  }
}

namespace {

Result<Type> combined_type(std::string_view name, MapOperation operation, Type value) {
  if (!number_kind(value) || value.is_nullable()) {
    return fail(ErrorCode::kNotImplemented,
                "Values of type " + value.name() + " cannot be combined by " + std::string(name));
  }
  if (operation != MapOperation::kSum) return value;
  if (!value.is_number()) return illegal_type(name, value);
  if (value.is_float()) return Type::of(TypeKind::kFloat64);
  return Type::of(value.is_signed_integer() ? TypeKind::kInt64 : TypeKind::kUInt64);
}

// Reads the array of wanted keys, of any numeric type or strings, as slots of `key`.
Result<void> read_wanted(std::string_view name, const Argument& parameter, Type key,
                         MapAggregateContext& context) {
  const auto wrong = [&] {
    return fail(ErrorCode::kIllegalTypeOfArgument, "Aggregate function " + std::string(name) +
                                                       " requires an Array of keys as a parameter");
  };
  context.filtered = true;
  if (!parameter.type.is(TypeKind::kArray) || parameter.constant == nullptr) return wrong();
  const auto& array = *static_cast<const ArrayRef*>(parameter.constant);
  const Type element = parameter.type.element();
  const uint32_t stride = slot_layout(element).size;
  context.texts.reserve(array.size);
  for (uint64_t i = 0; i < array.size; ++i) {
    const Argument one{element, true, static_cast<const char*>(array.data) + i * stride, ""};
    std::vector<char> slot(slot_layout(key).size);
    const auto number = constant_number(one);
    const auto text = one.constant_text();
    if (const auto kind = number_kind(key); kind && number) {
      switch (*kind) {
#define SP_CASE(suffix, T)                       \
  case NumberKind::suffix: {                     \
    const T value = static_cast<T>(*number);     \
    std::memcpy(slot.data(), &value, sizeof(T)); \
  } break;
        SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
      }
    } else if (key.is_string_like() && text) {
      const StringRef kept(context.texts.emplace_back(*text));
      std::memcpy(slot.data(), &kept, sizeof(kept));
    } else {
      return wrong();
    }
    context.wanted.push_back(std::move(slot));
  }
  return {};
}

template <MapOperation kOperation, bool kFiltered = false, bool kOverflow = false>
Result<ResolvedAggregate> resolve_map_aggregate(Arguments parameters, Arguments arguments,
                                                const ResolveOptions&) {
  constexpr std::string_view name =
      kFiltered   ? (kOverflow ? "sumMapFilteredWithOverflow" : "sumMapFiltered")
      : kOverflow ? "sumMapWithOverflow"
      : kOperation == MapOperation::kSum ? "sumMap"
      : kOperation == MapOperation::kMin ? "minMap"
                                         : "maxMap";
  if (!kFiltered) SP_TRY_VOID(expect_no_parameters(name, parameters));
  if (kFiltered && parameters.size() != 1) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) +
                    " requires exactly one parameter of Array type");
  }
  std::vector<Type> types = types_of(arguments);
  if (types.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) + " requires at least one argument");
  }
  auto context = std::make_shared<MapAggregateContext>();
  context->operation = kOperation;
  context->as_map = types.size() == 1 && types[0].is(TypeKind::kMap);
  const bool tuple = types.size() == 1 && types[0].is(TypeKind::kTuple);
  if (tuple) types = std::vector<Type>(types[0].inner());
  Type key = Type::of(TypeKind::kString);
  std::vector<Type> values;
  if (context->as_map) {
    key = types[0].inner()[0].without_low_cardinality();
    values = {types[0].inner()[1].without_low_cardinality()};
  } else {
    for (const Type type : types) {
      if (!type.is(TypeKind::kArray)) return illegal_type(name, type);
    }
    if (types.size() < 2 || types.size() > 32) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  "Aggregate function " + std::string(name) +
                      " requires at least two arguments of Array type or one argument of tuple of "
                      "two arrays");
    }
    key = types[0].element().without_low_cardinality();
    for (size_t i = 1; i < types.size(); ++i)
      values.push_back(types[i].element().without_low_cardinality());
  }
  context->key = &slot_ops(key);
  if (kFiltered) SP_TRY_VOID(read_wanted(name, parameters[0], key, *context));
  std::vector<Type> taken;  // as values, Nullable where they were
  for (Type& value : values) {
    const bool nullable = value.is_nullable();
    SP_TRY(value, combined_type(name, kOverflow ? MapOperation::kMin : kOperation,
                                value.without_nullable()));
    taken.push_back(nullable ? Type::nullable(value) : value);
    context->kinds.push_back(*number_kind(value));
    context->strides.push_back(slot_layout(taken.back()).size);
    context->nullable.push_back(nullable ? 1 : 0);
    context->any_nullable = context->any_nullable || nullable;
  }
  ResolvedAggregate resolved;
  if (context->as_map) {
    const Type entry = Type::tuple({key, taken[0]});
    context->argument_value_offset = context->result_value_offset =
        row_layout(entry.inner()).offsets[1];
    context->argument_stride = context->result_stride = slot_layout(entry).size;
    resolved.result = Type::map(key, taken[0]);
    resolved.arguments = {resolved.result};
  } else {
    std::vector<Type> arrays{Type::array(key)};
    for (const Type value : values) arrays.push_back(Type::array(value));
    resolved.result = Type::tuple(arrays);
    for (size_t i = 0; i < taken.size(); ++i) arrays[i + 1] = Type::array(taken[i]);
    resolved.arguments = tuple ? std::vector<Type>{Type::tuple(arrays)} : arrays;
  }
  // A tuple of arrays lies like the packed arrays.
  resolved.pack_from = 0;
  SP_USE_BODIES(resolved, sp_map_aggregate, MapAggregate);
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(sum_map) {
  rows.push_back({.name = "sumMap",
                  .aliases = {"sumMappedArrays"},
                  .resolve = &resolve_map_aggregate<MapOperation::kSum>,
                  .doc = "Sums the values of `map` (or of arrays `keys`, `values`) by key.",
                  .example = "SELECT sumMap(map('a', number, 'b', 1)) FROM numbers(3)",
                  .example_result = "{'a':3,'b':3}"});
  rows.push_back({.name = "sumMapWithOverflow",
                  .resolve = &resolve_map_aggregate<MapOperation::kSum, false, true>,
                  .doc = "The same in the type of the values, wrapping around.",
                  .example = "SELECT sumMapWithOverflow(map('a', toUInt8(100))) FROM numbers(3)",
                  .example_result = "{'a':44}"});
  rows.push_back({.name = "sumMapFiltered",
                  .resolve = &resolve_map_aggregate<MapOperation::kSum, true>,
                  .doc = "sumMap of the keys in the array parameter only.",
                  .example = "SELECT sumMapFiltered([1])([1, 2], [number, 5]) FROM numbers(3)",
                  .example_result = "([1],[3])"});
  rows.push_back(
      {.name = "sumMapFilteredWithOverflow",
       .resolve = &resolve_map_aggregate<MapOperation::kSum, true, true>,
       .doc = "The same in the type of the values, wrapping around.",
       .example = "SELECT sumMapFilteredWithOverflow([1])([1, 2], [number, 5]) FROM numbers(3)",
       .example_result = "([1],[3])"});
  rows.push_back({.name = "minMap",
                  .aliases = {"minMappedArrays"},
                  .resolve = &resolve_map_aggregate<MapOperation::kMin>,
                  .doc = "Smallest value of `map` (or of arrays `keys`, `values`) by key.",
                  .example = "SELECT minMap(map('a', number, 'b', 1)) FROM numbers(3)",
                  .example_result = "{'a':0,'b':1}"});
  rows.push_back({.name = "maxMap",
                  .aliases = {"maxMappedArrays"},
                  .resolve = &resolve_map_aggregate<MapOperation::kMax>,
                  .doc = "Largest value of `map` (or of arrays `keys`, `values`) by key.",
                  .example = "SELECT maxMap(map('a', number, 'b', 1)) FROM numbers(3)",
                  .example_result = "{'a':2,'b':1}"});
}

}  // namespace sp
#endif
