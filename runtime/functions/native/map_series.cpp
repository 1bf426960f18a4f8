// mapPopulateSeries: the missing keys between the least and the greatest key of a map (or of an
// array of keys, with an array of values beside it), with zeros as their values.

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

using WideKey = __int128;  // holds the keys of all types

struct SeriesContext : FunctionContext {
  SeriesContext(Type key, Type value)
      : key_size(number_width(key)),
        value_size(number_width(value)),
        is_signed(key.is_signed_integer()) {
    const RowLayout entry = row_layout({key, value});
    value_offset = entry.offsets[1];
    entry_size = entry.size;
    const int bits = static_cast<int>(key_size) * 8 - (is_signed ? 1 : 0);
    greatest = (WideKey{1} << bits) - 1;
    least = is_signed ? -greatest - 1 : 0;
  }
  WideKey key_at(const char* slot) const noexcept {
    uint64_t bits = 0;
    std::memcpy(&bits, slot, key_size);
    if (!is_signed) return bits;
    const unsigned shift = 64 - 8 * key_size;
    return static_cast<int64_t>(bits << shift) >> shift;
  }
  void put_key(char* slot, WideKey key) const noexcept {
    const auto bits = static_cast<uint64_t>(key);
    std::memcpy(slot, &bits, key_size);
  }

  uint32_t key_size, value_size, value_offset = 0, entry_size = 0;
  bool is_signed;
  WideKey least, greatest;
  bool has_end = false;  // the last argument
  bool end_signed = false;
  std::vector<uint32_t> offsets;  // of the arguments: map or arrays, end
};

namespace {

// Keys and values, side by side or each in an array of its own.
struct Series {
  char* keys = nullptr;
  char* values = nullptr;
  uint32_t key_step, value_step;
};

struct Range {
  WideKey first = 0;
  uint64_t size = 0;
};

// The keys from the least one to `end`.
bool range_of(ExecState& exec, const SeriesContext& context, const Series& from, uint64_t size,
              const char* tuple, Range& range) noexcept {
  constexpr WideKey kMostKeys = WideKey{1} << 30;
  WideKey first = context.greatest, last = context.least;
  for (uint64_t i = 0; i < size; ++i) {
    const WideKey key = context.key_at(from.keys + i * from.key_step);
    first = std::min(first, key);
    last = std::max(last, key);
  }
  if (context.has_end) {
    uint64_t bits = 0;
    std::memcpy(&bits, tuple + context.offsets.back(), sizeof(bits));
    last = context.end_signed ? WideKey{static_cast<int64_t>(bits)} : WideKey{bits};
    if (last < context.least || last > context.greatest) {
      exec.fail(ErrorCode::kCannotConvertType,
                "The greatest key of mapPopulateSeries does not fit the type of the keys");
      return false;
    }
  }
  if (size == 0 || last < first) return true;
  if (last - first >= kMostKeys) {
    exec.fail(ErrorCode::kTooLargeArraySize, "The series of mapPopulateSeries is too long");
    return false;
  }
  range = {first, static_cast<uint64_t>(last - first) + 1};
  return true;
}

// Writes all keys of the range, and the first value of each key that is there.
void fill(const SeriesContext& context, const Series& from, uint64_t size, const Range& range,
          const Series& to) {
  for (uint64_t i = 0; i < range.size; ++i)
    context.put_key(to.keys + i * to.key_step, range.first + i);
  std::vector<bool> met(range.size);
  for (uint64_t i = 0; i < size; ++i) {
    const WideKey place = context.key_at(from.keys + i * from.key_step) - range.first;
    if (place >= WideKey{range.size} || met[static_cast<uint64_t>(place)]) continue;
    const auto at = static_cast<uint64_t>(place);
    met[at] = true;
    std::memcpy(to.values + at * to.value_step, from.values + i * from.value_step,
                context.value_size);
  }
}

char* new_zeros(ExecState& exec, uint64_t count, uint32_t size) noexcept {
  auto* bytes = static_cast<char*>(exec.scratch.allocate(count * size, 8));
  std::memset(bytes, 0, count * size);
  return bytes;
}

char* bytes_of(const ArrayRef& array) noexcept {
  return static_cast<char*>(const_cast<void*>(static_cast<const void*>(array.data)));
}

}  // namespace

extern "C" void sp_map_series(ExecState& exec, const SeriesContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  const auto* row = static_cast<const char*>(tuple);
  const auto& map = *reinterpret_cast<const ArrayRef*>(row + context->offsets[0]);
  const uint32_t step = context->entry_size;
  const Series from{bytes_of(map), bytes_of(map) + context->value_offset, step, step};
  Range range;
  if (!range_of(exec, *context, from, map.size, row, range)) return;
  char* entries = new_zeros(exec, range.size, step);
  fill(*context, from, map.size, range, {entries, entries + context->value_offset, step, step});
  *out = {entries, range.size};
}
// Writes a tuple of two arrays.
extern "C" void sp_array_series(ExecState& exec, const SeriesContext* context, const void* tuple,
                                ArrayRef* out) noexcept {
  out[0] = out[1] = {nullptr, 0};
  const auto* row = static_cast<const char*>(tuple);
  const auto& keys = *reinterpret_cast<const ArrayRef*>(row + context->offsets[0]);
  const auto& values = *reinterpret_cast<const ArrayRef*>(row + context->offsets[1]);
  if (keys.size != values.size) {
    exec.fail(ErrorCode::kBadArguments,
              "Function mapPopulateSeries: arrays of keys and of values should have the same size");
    return;
  }
  const Series from{bytes_of(keys), bytes_of(values), context->key_size, context->value_size};
  Range range;
  if (!range_of(exec, *context, from, keys.size, row, range)) return;
  char* new_keys = new_zeros(exec, range.size, context->key_size);
  char* new_values = new_zeros(exec, range.size, context->value_size);
  fill(*context, from, keys.size, range,
       {new_keys, new_values, context->key_size, context->value_size});
  out[0] = {new_keys, range.size};
  out[1] = {new_values, range.size};
}

namespace {

Result<ResolvedFunction> resolve_series(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  const Type first = arguments[0].type;
  const bool is_map = first.is(TypeKind::kMap);
  if (!is_map && !first.is(TypeKind::kArray)) return illegal_argument(arguments, 0, "Map or Array");
  const size_t sources = is_map ? 1 : 2;
  if (arguments.size() < sources) {
    return fail(ErrorCode::kBadArguments,
                "Function mapPopulateSeries takes an array of values beside an array of keys");
  }
  if (arguments.size() > sources + 1) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Function mapPopulateSeries takes a map, or two arrays, and the greatest key");
  }
  if (!is_map && !arguments[1].type.is(TypeKind::kArray))
    return illegal_argument(arguments, 1, "Array");
  const Type key = is_map ? first.inner()[0] : first.element();
  const Type value = is_map ? first.inner()[1] : arguments[1].type.element();
  const auto is_whole = [](Type type) {
    return type.is_integer() && !type.can_be_null() && number_width(type) <= 8;
  };
  if (!is_whole(key) || !is_whole(value))
    return illegal_argument(arguments, 0, "integer keys and values of at most 64 bits");

  auto context = std::make_shared<SeriesContext>(key, value);
  std::vector<Type> types;
  for (size_t i = 0; i < sources; ++i) types.push_back(arguments[i].type);
  if (arguments.size() > sources) {
    const Type end = arguments[sources].type;
    if (!is_whole(end)) return illegal_argument(arguments, sources, "an integer");
    context->has_end = true;
    context->end_signed = end.is_signed_integer();
    types.push_back(context->end_signed ? int64_type() : uint64_type());
  }
  context->offsets = row_layout(types).offsets;
  ResolvedFunction resolved = packed_call(
      is_map ? first : Type::tuple({first, arguments[1].type}),
      is_map ? SP_SYMBOL(sp_map_series) : SP_SYMBOL(sp_array_series), std::move(types), context);
  resolved.total = false;
  return resolved;
}

}  // namespace

SP_FUNCTIONS(map_series) {
  const RowAdder add(rows);
  add("mapPopulateSeries", 1, 3, resolve_series,
      "Adds the missing keys of a map from its least key to `end` (its greatest), with 0.",
      "SELECT mapPopulateSeries(map(1, 10, 4, 20), 5)", "{1:10,2:0,3:0,4:20,5:0}");
}

}  // namespace sp
