// Calls of bodies by their Symbol.

#include "runtime/aggregates/native_call.h"

#ifndef SP_BITCODE
#include "runtime/core/check.h"

namespace sp {
namespace {

template <class R>
R invoke(void* function, const uint64_t* w, const double* d) noexcept {
  using Body = R (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double,
                     double, double, double, double, double, double, uint64_t, uint64_t, uint64_t,
                     uint64_t, uint64_t, uint64_t);
  return reinterpret_cast<Body>(function)(w[0], w[1], w[2], w[3], w[4], w[5], d[0], d[1], d[2],
                                          d[3], d[4], d[5], d[6], d[7], w[6], w[7], w[8], w[9],
                                          w[10], w[11]);
}

template <class T>
uint64_t extended(const void* value) noexcept {
  T number;
  std::memcpy(&number, value, sizeof(T));
  return static_cast<uint64_t>(number);  // signed types extend their sign
}

}  // namespace

void NativeCall::slot(AbiType type, const void* value) noexcept {
  SP_CHECK(words_used_ < kWords && reals_used_ < kReals);
  switch (type) {
    case AbiType::kI8: return word(extended<int8_t>(value));
    case AbiType::kU8: return word(extended<uint8_t>(value));
    case AbiType::kI16: return word(extended<int16_t>(value));
    case AbiType::kU16: return word(extended<uint16_t>(value));
    case AbiType::kI32: return word(extended<int32_t>(value));
    case AbiType::kU32: return word(extended<uint32_t>(value));
    case AbiType::kI64:
    case AbiType::kU64: return word(extended<uint64_t>(value));
    case AbiType::kF32: std::memcpy(&reals_[reals_used_++], value, 4); return;
    case AbiType::kF64: std::memcpy(&reals_[reals_used_++], value, 8); return;
    case AbiType::kPointer: return pointer(value);
    case AbiType::kVoid: return;
  }
}

void NativeCall::call(const Symbol& symbol, void* out) const noexcept {
  const auto store = [&](auto value) { std::memcpy(out, &value, sizeof(value)); };
  switch (symbol.result) {
    case AbiType::kVoid:
    case AbiType::kPointer: invoke<void>(symbol.address, words_, reals_); return;
    case AbiType::kI8:
    case AbiType::kU8: store(invoke<uint8_t>(symbol.address, words_, reals_)); return;
    case AbiType::kI16:
    case AbiType::kU16: store(invoke<uint16_t>(symbol.address, words_, reals_)); return;
    case AbiType::kI32:
    case AbiType::kU32: store(invoke<uint32_t>(symbol.address, words_, reals_)); return;
    case AbiType::kI64:
    case AbiType::kU64: store(invoke<uint64_t>(symbol.address, words_, reals_)); return;
    case AbiType::kF32: store(invoke<float>(symbol.address, words_, reals_)); return;
    case AbiType::kF64: store(invoke<double>(symbol.address, words_, reals_)); return;
  }
}

bool NativeCall::call_bool(const Symbol& symbol) const noexcept {
  return invoke<bool>(symbol.address, words_, reals_);
}

}  // namespace sp
#endif
