// Slots of array elements: common types, sets.

#include "runtime/functions/native/array_context.h"

#include <algorithm>
#include <bit>

#include "runtime/functions/signature.h"

namespace sp {

ArrayContext::ArrayContext(Type element) : ops(&slot_ops(element)), blank(element) {
  const SlotLayout layout = slot_layout(element);
  stride = layout.size;
  align = std::max<uint32_t>(layout.align, 1);
  const Type base = element.base();
  plain =
      !element.can_be_null() && (base.is_integer() || base.is(TypeKind::kBool) ||
                                 base.is_date_like() || base.is_enum() || base.is(TypeKind::kIpv4));
  is_string = !element.can_be_null() && base.is_string_like();
  if (element.can_be_null()) null_offset = slot_layout(base).size;
}

char* new_elements(ExecState& exec, const ArrayContext& context, uint64_t count) noexcept {
  constexpr uint64_t kMostElements = uint64_t{1} << 30;
  if (count > kMostElements || count * context.stride > (uint64_t{1} << 33)) {
    exec.fail(ErrorCode::kTooLargeArraySize, "Too large array size: " + std::to_string(count));
    return nullptr;
  }
  return static_cast<char*>(exec.scratch.allocate(count * context.stride, context.align));
}

Result<Type> array_element_type(std::span<const Argument> arguments, size_t index) {
  if (!arguments[index].type.is(TypeKind::kArray))
    return illegal_argument(arguments, index, "Array");
  return arguments[index].type.element();
}

Result<Type> common_type(std::span<const Type> types) {
  bool nullable = false;
  std::vector<Type> bare;
  for (const Type type : types) {
    const bool literal = type.base().is(TypeKind::kNothing);
    nullable |= type.can_be_null();
    if (!literal) bare.push_back(type.base());
  }
  if (bare.empty()) return nullable ? Type::null_type() : Type::of(TypeKind::kNothing);
  SP_TRY(const Type common, least_supertype(bare));
  return common.with_null(nullable);
}

Result<Type> common_element(std::span<const Argument> arguments, size_t first) {
  std::vector<Type> elements;
  for (size_t i = first; i < arguments.size(); ++i) {
    SP_TRY(const Type element, array_element_type(arguments, i));
    elements.push_back(element);
  }
  return common_type(elements);
}

Type array_cast(Type argument, Type element) {
  if (argument.is(TypeKind::kArray) && argument.element().without_low_cardinality() == element)
    return argument;
  return Type::array(element);
}

SlotSet::SlotSet(const ArrayContext& context, size_t expected)
    : context_(context),
      entries_(std::bit_ceil(expected * 2 + 2), Entry{nullptr, -1}),
      mask_(entries_.size() - 1) {}

size_t SlotSet::position(const void* slot) const {
  size_t at = context_.ops->hash(slot) & mask_;
  while (entries_[at].slot != nullptr && !context_.equal(entries_[at].slot, slot))
    at = (at + 1) & mask_;
  return at;
}

int64_t SlotSet::insert(const void* slot, int64_t index) {
  Entry& entry = entries_[position(slot)];
  if (entry.slot != nullptr) return entry.index;
  entry = {slot, index};
  ++size_;
  return -1;
}

int64_t SlotSet::find(const void* slot) const {
  const Entry& entry = entries_[position(slot)];
  return entry.slot == nullptr ? -1 : entry.index;
}

}  // namespace sp
