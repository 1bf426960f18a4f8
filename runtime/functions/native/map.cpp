// Map functions. A map is an array of (key, value) tuples: most functions share elements with their
// argument. Lambdas over maps see the keys and the values.

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {

struct MapContext : ArrayContext {
  explicit MapContext(Type map)
      : ArrayContext(Type::tuple(map.inner())),
        key(map.inner()[0]),
        value(map.inner()[1]),
        value_offset(row_layout(map.inner()).offsets[1]) {}
  ArrayContext key, value;
  uint32_t value_offset;
  size_t count = 0;  // arguments of the tuple
  std::vector<uint32_t> offsets;
  uint32_t condition_stride = 1;
};

namespace {

const char* entry_at(const MapContext& context, const ArrayRef& map, uint64_t i) noexcept {
  return element_at(map, context.stride, i);
}
int64_t find_key(const MapContext& context, const ArrayRef& map, const void* key) noexcept {
  for (uint64_t i = 0; i < map.size; ++i) {
    if (context.key.equal(entry_at(context, map, i), key)) return static_cast<int64_t>(i);
  }
  return -1;
}
void extract_part(ExecState& exec, const MapContext& context, const ArrayRef& map,
                  const ArrayContext& part, uint32_t offset, ArrayRef* out) noexcept {
  char* items = new_elements(exec, part, map.size);
  for (uint64_t i = 0; i < map.size; ++i) {
    std::memcpy(items + i * part.stride, entry_at(context, map, i) + offset, part.stride);
  }
  *out = {items, map.size};
}

}  // namespace

// map(k1, v1, k2, v2, ...): arguments already of the key and value types.
extern "C" void sp_map(ExecState& exec, const MapContext* context, const void* tuple,
                       ArrayRef* out) noexcept {
  const auto* row = static_cast<const char*>(tuple);
  const size_t pairs = context->count / 2;
  char* items = new_elements(exec, *context, pairs);
  std::memset(items, 0, pairs * context->stride);
  for (size_t i = 0; i < pairs; ++i) {
    char* entry = items + i * context->stride;
    std::memcpy(entry, row + context->offsets[2 * i], context->key.stride);
    std::memcpy(entry + context->value_offset, row + context->offsets[2 * i + 1],
                context->value.stride);
  }
  *out = {items, pairs};
}
extern "C" void sp_map_keys(ExecState& exec, const MapContext* context, const ArrayRef& map,
                            ArrayRef* out) noexcept {
  extract_part(exec, *context, map, context->key, 0, out);
}
extern "C" void sp_map_values(ExecState& exec, const MapContext* context, const ArrayRef& map,
                              ArrayRef* out) noexcept {
  extract_part(exec, *context, map, context->value, context->value_offset, out);
}
extern "C" uint8_t sp_map_contains(const MapContext* context, const ArrayRef& map,
                                   const void* key) noexcept {
  return find_key(*context, map, key) >= 0;
}
extern "C" uint8_t sp_map_contains_value(const MapContext* context, const ArrayRef& map,
                                         const void* value) noexcept {
  for (uint64_t i = 0; i < map.size; ++i) {
    if (context->value.equal(entry_at(*context, map, i) + context->value_offset, value)) return 1;
  }
  return 0;
}
extern "C" void sp_map_from_arrays(ExecState& exec, const MapContext* context, const ArrayRef& keys,
                                   const ArrayRef& values, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  if (keys.size != values.size) {
    exec.fail(ErrorCode::kSizesOfArraysDontMatch,
              "Two arguments of function mapFromArrays must have equal sizes");
    return;
  }
  char* items = new_elements(exec, *context, keys.size);
  if (items == nullptr) return;
  std::memset(items, 0, keys.size * context->stride);
  for (uint64_t i = 0; i < keys.size; ++i) {
    char* entry = items + i * context->stride;
    std::memcpy(entry, element_at(keys, context->key.stride, i), context->key.stride);
    std::memcpy(entry + context->value_offset, element_at(values, context->value.stride, i),
                context->value.stride);
  }
  *out = {items, keys.size};
}
extern "C" void sp_map_concat(ExecState& exec, const MapContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  const auto* maps = static_cast<const ArrayRef*>(tuple);
  uint64_t size = 0;
  for (size_t i = 0; i < context->count; ++i) size += maps[i].size;
  char* items = new_elements(exec, *context, size);
  *out = {nullptr, 0};
  if (items == nullptr) return;
  char* to = items;
  for (size_t i = 0; i < context->count; ++i) {
    if (maps[i].size > 0) std::memcpy(to, maps[i].data, maps[i].size * context->stride);
    to += maps[i].size * context->stride;
  }
  *out = {items, size};
}
// Keys of the second map replace those of the first; new ones follow.
extern "C" void sp_map_update(ExecState& exec, const MapContext* context, const ArrayRef& map,
                              const ArrayRef& changes, ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, map.size + changes.size);
  *out = {nullptr, 0};
  if (items == nullptr) return;
  uint64_t size = 0;
  for (uint64_t i = 0; i < map.size; ++i) {
    const char* entry = entry_at(*context, map, i);
    const int64_t changed = find_key(*context, changes, entry);
    std::memcpy(items + size++ * context->stride,
                changed < 0 ? entry : entry_at(*context, changes, static_cast<uint64_t>(changed)),
                context->stride);
  }
  for (uint64_t i = 0; i < changes.size; ++i) {
    const char* entry = entry_at(*context, changes, i);
    if (find_key(*context, map, entry) < 0)
      std::memcpy(items + size++ * context->stride, entry, context->stride);
  }
  *out = {items, size};
}

// --- lambdas: the tuple holds the array of the lambda's results, then the map -------------------

namespace {

bool condition_at(const MapContext& context, const ArrayRef& results, uint64_t i) noexcept {
  const auto* value = static_cast<const uint8_t*>(results.data) + i * context.condition_stride;
  return value[0] != 0 && (context.condition_stride == 1 || value[1] == 0);
}

}  // namespace

extern "C" void sp_map_filter(ExecState& exec, const MapContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  const auto* arrays = static_cast<const ArrayRef*>(tuple);
  char* items = new_elements(exec, *context, arrays[1].size);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < arrays[1].size; ++i) {
    if (!condition_at(*context, arrays[0], i)) continue;
    std::memcpy(items + kept++ * context->stride, entry_at(*context, arrays[1], i),
                context->stride);
  }
  *out = {items, kept};
}
extern "C" uint8_t sp_map_exists(const MapContext* context, const void* tuple) noexcept {
  const auto& results = *static_cast<const ArrayRef*>(tuple);
  for (uint64_t i = 0; i < results.size; ++i) {
    if (condition_at(*context, results, i)) return 1;
  }
  return 0;
}
extern "C" uint8_t sp_map_all(const MapContext* context, const void* tuple) noexcept {
  const auto& results = *static_cast<const ArrayRef*>(tuple);
  for (uint64_t i = 0; i < results.size; ++i) {
    if (!condition_at(*context, results, i)) return 0;
  }
  return 1;
}
// The lambda gives (key, value) tuples: an array of them is a map.
extern "C" void sp_map_apply(const MapContext*, const void* tuple, ArrayRef* out) noexcept {
  *out = *static_cast<const ArrayRef*>(tuple);
}

namespace {

Result<void> check_map(std::span<const Argument> arguments, size_t index) {
  if (!arguments[index].type.is(TypeKind::kMap)) return illegal_argument(arguments, index, "Map");
  return {};
}

Result<ResolvedFunction> resolve_map(std::span<const Argument> arguments, const ResolveOptions&) {
  if (arguments.size() % 2 != 0) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Function map requires even number of arguments, but " +
                    std::to_string(arguments.size()) + " given");
  }
  std::vector<Type> keys, values, casts;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    keys.push_back(arguments[i].type);
    values.push_back(arguments[i + 1].type);
  }
  SP_TRY(const Type key, common_type(keys));
  SP_TRY(const Type value, common_type(values));
  if (key.can_be_null())
    return fail(ErrorCode::kBadArguments, "Map cannot have a key of type " + key.name());
  for (size_t i = 0; i < arguments.size(); ++i) casts.push_back(i % 2 == 0 ? key : value);
  const Type map = Type::map(key, value);
  auto context = std::make_shared<MapContext>(map);
  context->count = arguments.size();
  context->offsets = row_layout(casts).offsets;
  return packed_call(map, SP_SYMBOL(sp_map), std::move(casts), context);
}

Resolver part_of_map(bool keys) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY_VOID(check_map(arguments, 0));
        const Type map = arguments[0].type;
        return call(Type::array(map.inner()[keys ? 0 : 1]),
                    keys ? SP_SYMBOL(sp_map_keys) : SP_SYMBOL(sp_map_values), {map},
                    std::make_shared<MapContext>(map));
      };
}

Resolver contains(size_t part) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY_VOID(check_map(arguments, 0));
        const Type map = arguments[0].type;
        return call(
            uint8_type(), part == 0 ? SP_SYMBOL(sp_map_contains) : SP_SYMBOL(sp_map_contains_value),
            {map, map.inner()[part].without_low_cardinality()}, std::make_shared<MapContext>(map));
      };
}

Result<ResolvedFunction> resolve_from_arrays(std::span<const Argument> arguments,
                                             const ResolveOptions&) {
  SP_TRY(const Type key, array_element_type(arguments, 0));
  SP_TRY(const Type value, array_element_type(arguments, 1));
  const Type map = Type::map(key, value);
  return fallible_call(map, SP_SYMBOL(sp_map_from_arrays), argument_types(arguments),
                       std::make_shared<MapContext>(map));
}

Result<Type> common_map(std::span<const Argument> arguments) {
  std::vector<Type> keys, values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    SP_TRY_VOID(check_map(arguments, i));
    keys.push_back(arguments[i].type.inner()[0]);
    values.push_back(arguments[i].type.inner()[1]);
  }
  if (arguments.empty()) return Type::map(string_type(), string_type());
  SP_TRY(const Type key, common_type(keys));
  SP_TRY(const Type value, common_type(values));
  return Type::map(key, value);
}

Result<ResolvedFunction> resolve_map_concat(std::span<const Argument> arguments,
                                            const ResolveOptions&) {
  SP_TRY(const Type map, common_map(arguments));
  auto context = std::make_shared<MapContext>(map);
  context->count = arguments.size();
  return packed_call(map, SP_SYMBOL(sp_map_concat), repeated(map, arguments.size()), context);
}

Result<ResolvedFunction> resolve_map_update(std::span<const Argument> arguments,
                                            const ResolveOptions&) {
  SP_TRY(const Type map, common_map(arguments));
  return fallible_call(map, SP_SYMBOL(sp_map_update), {map, map},
                       std::make_shared<MapContext>(map));
}

enum class Yields { kMap, kTruth, kApplied };

Resolver over_entries(const char* function, const Symbol& symbol, Yields yields) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    if (!arguments[0].type.is(TypeKind::kLambda)) return illegal_argument(arguments, 0, "a lambda");
    SP_TRY_VOID(check_map(arguments, 1));
    const Type map = arguments[1].type, given = arguments[0].type.inner().back();
    auto context = std::make_shared<MapContext>(map);
    if (yields == Yields::kApplied) {
      if (!given.is(TypeKind::kTuple) || given.inner().size() != 2) {
        return fail(ErrorCode::kBadArguments, std::string("Lambda of function ") + function +
                                                  " must return a tuple of 2 elements");
      }
      return packed_call(Type::map(given.inner()[0], given.inner()[1]), symbol,
                         {Type::array(given), map}, context);
    }
    const Type base = given.base();
    if (!base.is(TypeKind::kUInt8) && !base.is(TypeKind::kBool)) {
      return fail(ErrorCode::kIllegalTypeOfArgument, std::string("Expression for function ") +
                                                         function + " must return UInt8, found " +
                                                         given.name());
    }
    context->condition_stride = given.can_be_null() ? 2 : 1;
    return packed_call(yields == Yields::kMap ? map : uint8_type(), symbol,
                       {Type::array(uint8_type().with_null(given.can_be_null())), map}, context);
  };
}

}  // namespace

Result<ResolvedFunction> resolve_map_contains(std::span<const Argument> arguments,
                                              const ResolveOptions& options) {
  return contains(0)(arguments, options);
}

SP_FUNCTIONS(map) {
  const auto add = [&](const char* name, uint8_t least, uint8_t most, Resolver resolve,
                       const char* doc, const char* example, const char* result,
                       std::vector<const char*> aliases = {},
                       NullPolicy nulls = NullPolicy::kPropagate, bool lambda = false) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .min_arguments = least,
                    .max_arguments = most,
                    .nulls = nulls,
                    .takes_lambda = lambda,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("map", 0, 255, resolve_map, "Makes a map of alternating keys and values.",
      "SELECT map('a', 1, 'b', 2)", "{'a':1,'b':2}", {}, NullPolicy::kSeesNulls);
  add("mapKeys", 1, 1, part_of_map(true), "Returns the keys of `map`.",
      "SELECT mapKeys(map('a', 1))", "['a']");
  add("mapValues", 1, 1, part_of_map(false), "Returns the values of `map`.",
      "SELECT mapValues(map('a', 1))", "[1]");
  add("mapContains", 2, 2, contains(0), "Returns 1 if `map` has the key `key`.",
      "SELECT mapContains(map('a', 1), 'a')", "1", {"mapContainsKey"});
  add("mapContainsValue", 2, 2, contains(1), "Returns 1 if `map` has the value `value`.",
      "SELECT mapContainsValue(map('a', 1), 1)", "1");
  add("mapFromArrays", 2, 2, resolve_from_arrays,
      "Makes a map of an array of keys and an array of values.",
      "SELECT mapFromArrays(['a', 'b'], [1, 2])", "{'a':1,'b':2}", {"MAP_FROM_ARRAYS"});
  add("mapConcat", 0, 255, resolve_map_concat, "Joins maps; equal keys stay side by side.",
      "SELECT mapConcat(map('a', 1), map('b', 2))", "{'a':1,'b':2}");
  add("mapUpdate", 2, 2, resolve_map_update, "Replaces and adds the entries of `changes` in `map`.",
      "SELECT mapUpdate(map('a', 1), map('a', 2))", "{'a':2}");
  add("mapFilter", 2, 2, over_entries("mapFilter", SP_SYMBOL(sp_map_filter), Yields::kMap),
      "Keeps the entries for which `lambda(k, v)` holds.",
      "SELECT mapFilter((k, v) -> v > 1, map('a', 1, 'b', 2))", "{'b':2}", {},
      NullPolicy::kSeesNulls, true);
  add("mapApply", 2, 2, over_entries("mapApply", SP_SYMBOL(sp_map_apply), Yields::kApplied),
      "Replaces each entry by the (key, value) that `lambda(k, v)` gives.",
      "SELECT mapApply((k, v) -> (k, v + 1), map('a', 1))", "{'a':2}", {}, NullPolicy::kSeesNulls,
      true);
  add("mapExists", 2, 2, over_entries("mapExists", SP_SYMBOL(sp_map_exists), Yields::kTruth),
      "Returns 1 if `lambda(k, v)` holds for an entry.",
      "SELECT mapExists((k, v) -> v = 1, map('a', 1))", "1", {}, NullPolicy::kSeesNulls, true);
  add("mapAll", 2, 2, over_entries("mapAll", SP_SYMBOL(sp_map_all), Yields::kTruth),
      "Returns 1 if `lambda(k, v)` holds for all entries.",
      "SELECT mapAll((k, v) -> v = 1, map('a', 1))", "1", {}, NullPolicy::kSeesNulls, true);
}

}  // namespace sp
