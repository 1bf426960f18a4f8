// Reading JSON values into slots: see json_slot.h. Rules of ClickHouse's JSONExtractTree: numbers come from numbers,
// booleans and numeric strings; strings from anything but null; containers fill what fails with defaults.

#include "runtime/functions/native/json_slot.h"

#include <cstring>
#include <limits>

namespace sp {

Result<std::unique_ptr<const JsonSlotReader>> JsonSlotReader::make(Type type, const std::string& timezone) {
  std::unique_ptr<JsonSlotReader> reader(new JsonSlotReader(type, timezone));
  const Type bare = type.without_low_cardinality();
  reader->nullable_ = bare.is_nullable();
  reader->base_ = type.base();
  reader->base_size_ = slot_layout(reader->base_).size;
  const Type base = reader->base_;
  switch (base.kind()) {
    case TypeKind::kArray:
    case TypeKind::kTuple:
    case TypeKind::kMap:
      for (const Type inner : base.inner()) {
        SP_TRY(auto element, make(inner, timezone));
        reader->inner_.push_back(std::move(element));
      }
      if (base.is(TypeKind::kMap) && !base.inner()[0].base().is_string_like()) break;
      reader->layout_ = row_layout(base.inner());
      reader->stride_ = base.is(TypeKind::kMap) ? slot_layout(Type::tuple(base.inner())).size
                        : base.is(TypeKind::kArray) ? slot_layout(base.element()).size : base_size_of(base);
      return std::unique_ptr<const JsonSlotReader>(std::move(reader));
    case TypeKind::kNothing: case TypeKind::kLambda: case TypeKind::kAggregateFunction: case TypeKind::kInterval:
    case TypeKind::kJson: case TypeKind::kUInt256: case TypeKind::kInt256: case TypeKind::kUInt128: case TypeKind::kInt128:
      break;
    default: return std::unique_ptr<const JsonSlotReader>(std::move(reader));
  }
  return fail(ErrorCode::kNotImplemented, "JSON values as " + type.name());
}

}  // namespace sp
