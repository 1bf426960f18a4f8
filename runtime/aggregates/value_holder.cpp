// The parts of holders that need type operations: defaults, bytes.

#include "runtime/aggregates/value_holder.h"

#ifndef SP_BITCODE
namespace sp {

bool is_flat(Type type) {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kAggregateFunction:
    case TypeKind::kJson: return false;
    default: break;
  }
  if (type.is(TypeKind::kTuple) || type.is_nullable() || type.is_low_cardinality() ||
      type.is(TypeKind::kSimpleAggregateFunction)) {
    for (const Type& inner : type.inner()) {
      if (!is_flat(inner)) return false;
    }
  }
  return true;
}

SlotContext::SlotContext(Type slot_type)
    : type(slot_type),
      ops(&slot_ops(slot_type)),
      size(slot_layout(slot_type).size) {
  const TypeKind kind = slot_type.kind();
  copy = kind == TypeKind::kString || kind == TypeKind::kFixedString ||
                 kind == TypeKind::kAggregateFunction
             ? Copy::kString
         : is_flat(slot_type) ? Copy::kFlat
                              : Copy::kDeep;
  nothing.resize((size + 7) / 8);
  texts = std::make_shared<Arena>();
  default_slot(slot_type, nothing.data(), *texts);
}

void SlotHolder::finish(const SlotContext& context, void* out) const noexcept {
  std::memcpy(out, has ? get(context) : context.nothing.data(), context.size);
}

void SlotHolder::write(const SlotContext& context, StateWriter& out) const {
  out.pod(has);
  if (has) serialize_slot(context.type, get(context), out.text());
}

bool SlotHolder::read(ExecState& exec, const SlotContext& context, StateReader& in) {
  if (!in.pod(has)) return false;
  if (!has) return true;
  if (context.size > 16 && buffer == nullptr) {
    buffer = static_cast<char*>(exec.persistent.allocate(context.size, 8));
  }
  const size_t used = deserialize_slot(context.type, in.at(), in.remaining(),
                                       context.size <= 16 ? inside : buffer, exec.persistent);
  in.skip(used);
  return used > 0;
}

}  // namespace sp
#endif
