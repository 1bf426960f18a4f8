// Bitmaps: functions over states of groupBitmap, which are sets of integers: build, test, combine,
// cut, count. They read and write the stored form of the states (aggregates/stored_state.h): the
// version, the number of members, the members.

#include <algorithm>

#include "runtime/aggregates/state_bytes.h"
#include "runtime/aggregates/stored_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct BitmapElement : FunctionContext {
  uint32_t size = 8;  // bytes of a member as a value
  bool is_signed = false;
};

namespace {

using Members = std::vector<uint64_t>;  // ascending

// The members of a stored state; false (and the query fails) if the bytes are none.
bool read_bitmap(ExecState& exec, const StringRef& bytes, Members& out) {
  out.clear();
  if (bytes.size == 0) return true;
  StateReader reader(bytes.view());
  char version = 0;
  uint64_t count = 0;
  bool good = reader.pod(version) && version == kStateVersion && reader.count(count, 8);
  out.resize(good ? count : 0);
  for (uint64_t& member : out) good = good && reader.pod(member);
  if (!good)
    exec.fail(ErrorCode::kIncorrectData, "Cannot read the state of aggregate function groupBitmap");
  std::sort(out.begin(), out.end());
  return good;
}

void write_bitmap(ExecState& exec, const Members& members, StringRef* out) {
  std::string bytes;
  StateWriter writer(bytes);
  writer.pod(kStateVersion);
  writer.varint(members.size());
  for (const uint64_t member : members) writer.pod(member);
  *out = new_string(exec, bytes);
}

Members distinct(Members members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

uint64_t value_at(const BitmapElement& element, const ArrayRef& array, uint64_t i) noexcept {
  const char* from = static_cast<const char*>(array.data) + i * element.size;
  int64_t value = 0;
  std::memcpy(&value, from, element.size);
  const unsigned unused = 64 - 8 * element.size;
  if (element.is_signed && unused > 0)
    value = static_cast<int64_t>(static_cast<uint64_t>(value) << unused) >> unused;
  return static_cast<uint64_t>(value);
}

Members common(const Members& a, const Members& b) {
  Members out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Members either(const Members& a, const Members& b) {
  Members out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Members only_one(const Members& a, const Members& b) {
  Members out;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Members without(const Members& a, const Members& b) {
  Members out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

using Combine = Members (*)(const Members&, const Members&);

template <Combine combine>
Members combined(ExecState& exec, const StringRef& a, const StringRef& b) {
  Members x, y;
  if (!read_bitmap(exec, a, x) || !read_bitmap(exec, b, y)) return {};
  return combine(x, y);
}

}  // namespace

extern "C" void sp_bitmap_build(ExecState& exec, const BitmapElement* element,
                                const ArrayRef& array, StringRef* out) noexcept {
  Members members;
  members.reserve(array.size);
  for (uint64_t i = 0; i < array.size; ++i) members.push_back(value_at(*element, array, i));
  write_bitmap(exec, distinct(std::move(members)), out);
}
extern "C" void sp_bitmap_to_array(ExecState& exec, const BitmapElement* element,
                                   const StringRef& bitmap, ArrayRef* out) noexcept {
  Members members;
  *out = {nullptr, 0};
  if (!read_bitmap(exec, bitmap, members)) return;
  auto* items = static_cast<char*>(exec.scratch.allocate(members.size() * element->size + 1, 8));
  for (size_t i = 0; i < members.size(); ++i)
    std::memcpy(items + i * element->size, &members[i], element->size);
  *out = {items, members.size()};
}
extern "C" uint64_t sp_bitmap_cardinality(ExecState& exec, const StringRef& bitmap) noexcept {
  Members members;
  return read_bitmap(exec, bitmap, members) ? members.size() : 0;
}
extern "C" uint64_t sp_bitmap_min(ExecState& exec, const BitmapElement* element,
                                  const StringRef& bitmap) noexcept {
  Members members;
  if (!read_bitmap(exec, bitmap, members)) return 0;
  if (members.empty()) return element->size == 8 ? ~uint64_t{0} : 0xFFFFFFFF;
  return members.front();
}
extern "C" uint64_t sp_bitmap_max(ExecState& exec, const BitmapElement*,
                                  const StringRef& bitmap) noexcept {
  Members members;
  return read_bitmap(exec, bitmap, members) && !members.empty() ? members.back() : 0;
}
extern "C" uint8_t sp_bitmap_contains(ExecState& exec, const StringRef& bitmap,
                                      uint64_t value) noexcept {
  Members members;
  return read_bitmap(exec, bitmap, members) &&
         std::binary_search(members.begin(), members.end(), value);
}
extern "C" uint8_t sp_bitmap_has_any(ExecState& exec, const StringRef& a,
                                     const StringRef& b) noexcept {
  return !combined<common>(exec, a, b).empty();
}
extern "C" uint8_t sp_bitmap_has_all(ExecState& exec, const StringRef& a,
                                     const StringRef& b) noexcept {
  return combined<without>(exec, b, a).empty();
}

#define SP_BITMAP_PAIR(name, combine)                                                       \
  extern "C" void sp_bitmap_##name(ExecState& exec, const StringRef& a, const StringRef& b, \
                                   StringRef* out) noexcept {                               \
    write_bitmap(exec, combined<combine>(exec, a, b), out);                                 \
  }                                                                                         \
  extern "C" uint64_t sp_bitmap_##name##_cardinality(ExecState& exec, const StringRef& a,   \
                                                     const StringRef& b) noexcept {         \
    return combined<combine>(exec, a, b).size();                                            \
  }
SP_BITMAP_PAIR(and, common)
SP_BITMAP_PAIR(or, either)
SP_BITMAP_PAIR(xor, only_one)
SP_BITMAP_PAIR(andnot, without)
#undef SP_BITMAP_PAIR

// Members of [from, to).
extern "C" void sp_bitmap_range(ExecState& exec, const StringRef& bitmap, uint64_t from,
                                uint64_t to, StringRef* out) noexcept {
  Members members;
  (void)read_bitmap(exec, bitmap, members);
  std::erase_if(members, [=](uint64_t member) { return member < from || member >= to; });
  write_bitmap(exec, members, out);
}
// The first `limit` members from `from` on.
extern "C" void sp_bitmap_limit(ExecState& exec, const StringRef& bitmap, uint64_t from,
                                uint64_t limit, StringRef* out) noexcept {
  Members members;
  (void)read_bitmap(exec, bitmap, members);
  std::erase_if(members, [=](uint64_t member) { return member < from; });
  if (members.size() > limit) members.resize(limit);
  write_bitmap(exec, members, out);
}
// `limit` members after leaving out `offset` of them.
extern "C" void sp_bitmap_slice(ExecState& exec, const StringRef& bitmap, uint64_t offset,
                                uint64_t limit, StringRef* out) noexcept {
  Members members;
  (void)read_bitmap(exec, bitmap, members);
  const size_t begin = std::min<uint64_t>(offset, members.size());
  const size_t end = begin + std::min<uint64_t>(limit, members.size() - begin);
  write_bitmap(exec,
               Members(members.begin() + static_cast<ptrdiff_t>(begin),
                       members.begin() + static_cast<ptrdiff_t>(end)),
               out);
}
extern "C" void sp_bitmap_transform(ExecState& exec, const BitmapElement* element,
                                    const StringRef& bitmap, const ArrayRef& from,
                                    const ArrayRef& to, StringRef* out) noexcept {
  Members members;
  *out = StringRef();
  if (!read_bitmap(exec, bitmap, members)) return;
  if (from.size != to.size) {
    exec.fail(ErrorCode::kTypeMismatch,
              "For function bitmapTransform, fromArray and toArray sizes must be equal");
    return;
  }
  for (uint64_t i = 0; i < from.size; ++i) {
    const auto it = std::find(members.begin(), members.end(), value_at(*element, from, i));
    if (it != members.end()) *it = value_at(*element, to, i);
  }
  write_bitmap(exec, distinct(std::move(members)), out);
}

namespace {

bool is_bitmap(Type type) {
  return type.is(TypeKind::kAggregateFunction) && type.function() == "groupBitmap";
}

std::shared_ptr<BitmapElement> element_of(Type number) {
  auto context = std::make_shared<BitmapElement>();
  context->size = slot_layout(number).size;
  context->is_signed = number.is_signed_integer();
  return context;
}

Result<ResolvedFunction> build(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type type = arguments[0].type;
  const bool fits = type.is(TypeKind::kArray) && type.element().is_integer() &&
                    slot_layout(type.element()).size <= 8;
  if (!fits) return illegal_argument(arguments, 0, "an array of integers");
  return call(Type::aggregate_function("groupBitmap", {type.element()}), SP_SYMBOL(sp_bitmap_build),
              {type}, element_of(type.element()));
}

// Of `bitmaps` states and then of unsigned numbers.
Resolver over_bitmaps(size_t bitmaps, std::optional<Type> result, const Symbol& symbol) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        std::vector<Type> types;
        for (size_t i = 0; i < arguments.size(); ++i) {
          const Type type = arguments[i].type;
          if (i < bitmaps ? !is_bitmap(type) : !type.is_integer())
            return illegal_argument(arguments, i, i < bitmaps ? "a bitmap" : "an integer");
          types.push_back(i < bitmaps ? type : uint64_type());
        }
        if (bitmaps == 2 && arguments[0].type.inner() != arguments[1].type.inner()) {
          return fail(ErrorCode::kIllegalTypeOfArgument,
                      "The nested type in bitmaps must be the same, but one is " +
                          arguments[0].type.inner()[0].name() + ", and the other is " +
                          arguments[1].type.inner()[0].name());
        }
        std::shared_ptr<BitmapElement> context;
        if (symbol.takes_context) context = element_of(arguments[0].type.inner()[0].base());
        return fallible_call(result.value_or(arguments[0].type), symbol, std::move(types), context);
      };
}

Result<ResolvedFunction> to_array(std::span<const Argument> arguments, const ResolveOptions&) {
  if (!is_bitmap(arguments[0].type)) return illegal_argument(arguments, 0, "a bitmap");
  const Type number = arguments[0].type.inner()[0].base();
  return fallible_call(Type::array(number), SP_SYMBOL(sp_bitmap_to_array), {arguments[0].type},
                       element_of(number));
}

Result<ResolvedFunction> transform(std::span<const Argument> arguments, const ResolveOptions&) {
  if (!is_bitmap(arguments[0].type)) return illegal_argument(arguments, 0, "a bitmap");
  const Type number = arguments[0].type.inner()[0].base();
  for (size_t i = 1; i < 3; ++i) {
    if (!arguments[i].type.is(TypeKind::kArray))
      return illegal_argument(arguments, i, "an array of integers");
  }
  return fallible_call(arguments[0].type, SP_SYMBOL(sp_bitmap_transform),
                       {arguments[0].type, Type::array(number), Type::array(number)},
                       element_of(number));
}

}  // namespace

SP_FUNCTIONS(bitmap) {
  const RowAdder add(rows);
  const Type u8 = uint8_type(), u64 = uint64_type();
  add("bitmapBuild", 1, build, "Makes a bitmap (a state of groupBitmap) of the integers of `a`.",
      "SELECT bitmapCardinality(bitmapBuild([1, 2, 2]))", "2");
  add("bitmapToArray", 1, to_array, "Returns the members of a bitmap, in ascending order.",
      "SELECT bitmapToArray(bitmapBuild([1, 2, 2]))", "[1,2]");
  add("bitmapCardinality", 1, over_bitmaps(1, u64, SP_SYMBOL(sp_bitmap_cardinality)),
      "Counts the members of a bitmap.", "SELECT bitmapCardinality(bitmapBuild([1, 5]))", "2");
  add("bitmapMin", 1, over_bitmaps(1, u64, SP_SYMBOL(sp_bitmap_min)),
      "Returns the least member of a bitmap.", "SELECT bitmapMin(bitmapBuild([5, 3]))", "3");
  add("bitmapMax", 1, over_bitmaps(1, u64, SP_SYMBOL(sp_bitmap_max)),
      "Returns the greatest member of a bitmap.", "SELECT bitmapMax(bitmapBuild([5, 3]))", "5");
  add("bitmapContains", 2, over_bitmaps(1, u8, SP_SYMBOL(sp_bitmap_contains)),
      "Returns 1 if `value` is a member.", "SELECT bitmapContains(bitmapBuild([1, 5]), 5)", "1");
  add("bitmapHasAny", 2, over_bitmaps(2, u8, SP_SYMBOL(sp_bitmap_has_any)),
      "Returns 1 if two bitmaps have a member in common.",
      "SELECT bitmapHasAny(bitmapBuild([1, 2]), bitmapBuild([2, 3]))", "1");
  add("bitmapHasAll", 2, over_bitmaps(2, u8, SP_SYMBOL(sp_bitmap_has_all)),
      "Returns 1 if the first bitmap has all members of the second.",
      "SELECT bitmapHasAll(bitmapBuild([1, 2]), bitmapBuild([2]))", "1");
  add("bitmapAnd", 2, over_bitmaps(2, {}, SP_SYMBOL(sp_bitmap_and)),
      "Returns the members that both bitmaps have.",
      "SELECT bitmapToArray(bitmapAnd(bitmapBuild([1, 2]), bitmapBuild([2, 3])))", "[2]");
  add("bitmapOr", 2, over_bitmaps(2, {}, SP_SYMBOL(sp_bitmap_or)),
      "Returns the members that one of two bitmaps has.",
      "SELECT bitmapToArray(bitmapOr(bitmapBuild([1, 2]), bitmapBuild([2, 3])))", "[1,2,3]");
  add("bitmapXor", 2, over_bitmaps(2, {}, SP_SYMBOL(sp_bitmap_xor)),
      "Returns the members that only one of two bitmaps has.",
      "SELECT bitmapToArray(bitmapXor(bitmapBuild([1, 2]), bitmapBuild([2, 3])))", "[1,3]");
  add("bitmapAndnot", 2, over_bitmaps(2, {}, SP_SYMBOL(sp_bitmap_andnot)),
      "Returns the members of the first bitmap that the second has not.",
      "SELECT bitmapToArray(bitmapAndnot(bitmapBuild([1, 2]), bitmapBuild([2, 3])))", "[1]");
  add("bitmapAndCardinality", 2, over_bitmaps(2, u64, SP_SYMBOL(sp_bitmap_and_cardinality)),
      "Counts the members that both bitmaps have.",
      "SELECT bitmapAndCardinality(bitmapBuild([1, 2]), bitmapBuild([2, 3]))", "1");
  add("bitmapOrCardinality", 2, over_bitmaps(2, u64, SP_SYMBOL(sp_bitmap_or_cardinality)),
      "Counts the members that one of two bitmaps has.",
      "SELECT bitmapOrCardinality(bitmapBuild([1, 2]), bitmapBuild([2, 3]))", "3");
  add("bitmapXorCardinality", 2, over_bitmaps(2, u64, SP_SYMBOL(sp_bitmap_xor_cardinality)),
      "Counts the members that only one of two bitmaps has.",
      "SELECT bitmapXorCardinality(bitmapBuild([1, 2]), bitmapBuild([2, 3]))", "2");
  add("bitmapAndnotCardinality", 2, over_bitmaps(2, u64, SP_SYMBOL(sp_bitmap_andnot_cardinality)),
      "Counts the members of the first bitmap that the second has not.",
      "SELECT bitmapAndnotCardinality(bitmapBuild([1, 2]), bitmapBuild([2, 3]))", "1");
  add("bitmapSubsetInRange", 3, over_bitmaps(1, {}, SP_SYMBOL(sp_bitmap_range)),
      "Returns the members from `from` to below `to`.",
      "SELECT bitmapToArray(bitmapSubsetInRange(bitmapBuild([1, 2, 3, 4]), 2, 4))", "[2,3]");
  add("bitmapSubsetLimit", 3, over_bitmaps(1, {}, SP_SYMBOL(sp_bitmap_limit)),
      "Returns the first `limit` members from `from` on.",
      "SELECT bitmapToArray(bitmapSubsetLimit(bitmapBuild([1, 2, 3, 4]), 2, 2))", "[2,3]");
  add("subBitmap", 3, over_bitmaps(1, {}, SP_SYMBOL(sp_bitmap_slice)),
      "Returns `limit` members after leaving out `offset` of them.",
      "SELECT bitmapToArray(subBitmap(bitmapBuild([1, 2, 3, 4]), 1, 2))", "[2,3]");
  add("bitmapTransform", 3, transform,
      "Replaces the members that stand in `from` by those at the same place of `to`.",
      "SELECT bitmapToArray(bitmapTransform(bitmapBuild([1, 2, 3]), [1, 2], [10, 20]))",
      "[3,10,20]");
}

}  // namespace sp
