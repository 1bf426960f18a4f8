// On the System V AMD64 ABI whole numbers and pointers travel in one row of registers and floats in
// another, each then on the stack in order; so one call through a pointer with six integers, eight
// doubles and some stack words fits every body, whatever the order of its parameters ("System V
// Application Binary Interface, AMD64", 3.2.3).

#include "compiler/bind/native_call.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/core/unaligned.h"

namespace sp::binding {

namespace {

constexpr size_t kRegisters = 6, kFloatRegisters = 8, kStack = 10;

// Words on their way to a body.
struct Words {
  uint64_t integers[kRegisters + kStack] = {};
  double floats[kFloatRegisters] = {};
  size_t integer_count = 0, float_count = 0;
  bool fits = true;

  void add(uint64_t word) {
    if (integer_count == kRegisters + kStack)
      fits = false;
    else
      integers[integer_count++] = word;
  }
  void add_float(double value) {
    if (float_count == kFloatRegisters)
      fits = false;
    else
      floats[float_count++] = value;
  }
};

template <class R>
R trampoline(void* address, const Words& w) {
  using Body = R (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double,
                     double, double, double, double, double, double, uint64_t, uint64_t, uint64_t,
                     uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
  const auto* i = w.integers;
  const auto* f = w.floats;
  return reinterpret_cast<Body>(address)(i[0], i[1], i[2], i[3], i[4], i[5], f[0], f[1], f[2], f[3],
                                         f[4], f[5], f[6], f[7], i[6], i[7], i[8], i[9], i[10],
                                         i[11], i[12], i[13], i[14], i[15]);
}

// Reads one argument as the body's parameter wants it.
void push(Words& words, AbiType abi, const void* slot) {
  switch (abi) {
    case AbiType::kI8:
      words.add(static_cast<uint64_t>(static_cast<int64_t>(load<int8_t>(slot))));
      break;
    case AbiType::kU8: words.add(load<uint8_t>(slot)); break;
    case AbiType::kI16:
      words.add(static_cast<uint64_t>(static_cast<int64_t>(load<int16_t>(slot))));
      break;
    case AbiType::kU16: words.add(load<uint16_t>(slot)); break;
    case AbiType::kI32:
      words.add(static_cast<uint64_t>(static_cast<int64_t>(load<int32_t>(slot))));
      break;
    case AbiType::kU32: words.add(load<uint32_t>(slot)); break;
    case AbiType::kI64:
    case AbiType::kU64: words.add(load<uint64_t>(slot)); break;
    case AbiType::kF32:
      words.add_float(std::bit_cast<double>(static_cast<uint64_t>(load<uint32_t>(slot))));
      break;
    case AbiType::kF64: words.add_float(load<double>(slot)); break;
    case AbiType::kPointer: words.add(reinterpret_cast<uint64_t>(slot)); break;
    case AbiType::kVoid: break;
  }
}

size_t width(AbiType abi) {
  switch (abi) {
    case AbiType::kI8:
    case AbiType::kU8: return 1;
    case AbiType::kI16:
    case AbiType::kU16: return 2;
    case AbiType::kI32:
    case AbiType::kU32:
    case AbiType::kF32: return 4;
    default: return 8;
  }
}

}  // namespace

bool call_native(const Symbol& symbol, ExecState& state, const FunctionContext* context,
                 std::span<const void* const> args, void* out, size_t out_size) {
  if (!symbol || symbol.arguments.size() != args.size()) return false;
  Words words;
  if (symbol.takes_state) words.add(reinterpret_cast<uint64_t>(&state));
  if (symbol.takes_context) words.add(reinterpret_cast<uint64_t>(context));
  for (size_t i = 0; i < args.size(); ++i) push(words, symbol.arguments[i], args[i]);
  if (symbol.has_out) words.add(reinterpret_cast<uint64_t>(out));
  if (!words.fits) return false;
  if (symbol.result == AbiType::kF64) {
    const double value = trampoline<double>(symbol.address, words);
    std::memcpy(out, &value, sizeof value);
  } else if (symbol.result == AbiType::kF32) {
    const float value = trampoline<float>(symbol.address, words);
    std::memcpy(out, &value, sizeof value);
  } else {
    const uint64_t value = trampoline<uint64_t>(symbol.address, words);
    if (symbol.result != AbiType::kVoid) {
      std::memcpy(out, &value, std::min(width(symbol.result), out_size));
    }
  }
  return true;
}

}  // namespace sp::binding
