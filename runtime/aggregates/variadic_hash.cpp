// Hashes of several values.

#include "runtime/aggregates/variadic_hash.h"

#ifndef SP_BITCODE
#include "runtime/aggregates/number_kind.h"

namespace sp {

bool is_wide_value(Type type) {
  switch (type.kind()) {
    case TypeKind::kUuid:
    case TypeKind::kIpv6:
    case TypeKind::kInt128:
    case TypeKind::kUInt128: return true;
    case TypeKind::kDecimal: return slot_layout(type).size == 16;
    default: return false;
  }
}

VariadicContext::VariadicContext(std::vector<Type> arguments) {
  if (arguments.size() == 1 && arguments[0].is(TypeKind::kTuple)) arguments = arguments[0].inner();
  offsets = row_layout(arguments).offsets;
  contiguous = true;
  for (const Type type : arguments) {
    contiguous = contiguous && !type.is_nullable() &&
                 (number_kind(type).has_value() || type.is_string_like() || is_wide_value(type));
  }
  types = std::move(arguments);
}

uint64_t variadic_hash64(const VariadicContext& context, const void* values) noexcept {
  const auto* row = static_cast<const char*>(values);
  if (!context.contiguous) {
    uint64_t wide[2];
    variadic_hash128(context, values, wide);
    return wide[0];
  }
  uint64_t hash = 0;
  for (size_t i = 0; i < context.types.size(); ++i) {
    const char* slot = row + context.offsets[i];
    uint64_t one;
    if (context.types[i].is_string_like()) {
      const auto& text = *reinterpret_cast<const StringRef*>(slot);
      one = city_hash64(text.begin(), text.size);
    } else {
      one = city_hash64(slot, slot_layout(context.types[i]).size);
    }
    hash = i == 0 ? one : city_combine(one, hash);
  }
  return hash;
}

void variadic_hash128(const VariadicContext& context, const void* values,
                      uint64_t out[2]) noexcept {
  SipHash hash;
  for (size_t i = 0; i < context.types.size(); ++i) {
    update_sip_hash(hash, context.types[i], static_cast<const char*>(values) + context.offsets[i]);
  }
  hash.finish128(out);
}

void string_hash128(const StringRef& text, uint64_t out[2]) noexcept {
  SipHash hash;
  hash.update(text.begin(), text.size);
  hash.finish128(out);
}

}  // namespace sp
#endif
