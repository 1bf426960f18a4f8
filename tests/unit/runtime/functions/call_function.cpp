// The native calling convention of x86-64 fills integer and vector registers independently, in
// order: so one function type with six integers, eight doubles and further integers on the stack
// can call every body.

#include "tests/unit/runtime/functions/call_function.h"

#include <cstring>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/signature.h"
#include "runtime/text/format_value.h"
#include "runtime/text/parse_value.h"

namespace sp {

namespace {

struct Value {
  Type type;
  std::vector<uint8_t> slot;
};

std::string failed(const Error& error) {
  return "error " + std::to_string(static_cast<int>(error.code)) + ": " + error.message;
}

uint64_t bits_of(const uint8_t* slot, AbiType abi) {
  switch (abi) {
    case AbiType::kI8: {
      int8_t v;
      std::memcpy(&v, slot, 1);
      return static_cast<uint64_t>(static_cast<int64_t>(v));
    }
    case AbiType::kI16: {
      int16_t v;
      std::memcpy(&v, slot, 2);
      return static_cast<uint64_t>(static_cast<int64_t>(v));
    }
    case AbiType::kI32: {
      int32_t v;
      std::memcpy(&v, slot, 4);
      return static_cast<uint64_t>(static_cast<int64_t>(v));
    }
    case AbiType::kU8: return *slot;
    case AbiType::kU16: {
      uint16_t v;
      std::memcpy(&v, slot, 2);
      return v;
    }
    case AbiType::kU32: {
      uint32_t v;
      std::memcpy(&v, slot, 4);
      return v;
    }
    default: {
      uint64_t v;
      std::memcpy(&v, slot, 8);
      return v;
    }
  }
}

Result<Value> evaluate(const ResolvedFunction& f, std::vector<Value>& args, ExecState& exec);

Result<Value> converted(Value& value, Type to, ExecState& exec) {
  if (value.type.without_low_cardinality() == to.without_low_cardinality()) return value;
  Argument from{.type = value.type};
  SP_TRY(ResolvedFunction cast, resolve_cast(from, to, {}));
  std::vector<Value> one{value};
  return evaluate(cast, one, exec);
}

Result<Value> evaluate(const ResolvedFunction& f, std::vector<Value>& args, ExecState& exec) {
  Value out;
  out.type = f.result;
  out.slot.resize(slot_layout(f.result).size + 16, 0);
  const bool propagates = f.nulls == NullPolicy::kPropagate;
  bool null = false;
  for (size_t i = 0; i < args.size() && i < f.arguments.size(); ++i) {
    SP_TRY(args[i], converted(args[i], f.arguments[i], exec));
  }
  for (const Value& arg : args) {
    if (arg.type.can_be_null()) null = null || arg.slot[slot_layout(arg.type.base()).size] != 0;
  }
  const uint32_t flag = slot_layout(f.result.base()).size;
  if (propagates && null && f.intrinsic != Intrinsic::kIdentity) {
    out.slot[flag] = 1;
    return out;
  }
  if (f.intrinsic == Intrinsic::kIdentity || f.intrinsic == Intrinsic::kToNullable) {
    std::memcpy(out.slot.data(), args[0].slot.data(),
                std::min(out.slot.size(), args[0].slot.size()));
    return out;
  }
  if (f.intrinsic == Intrinsic::kNumericCast) {
    // Through the widest types: exact for what the test uses.
    const Type from = args[0].type.base();
    if (from.is_float()) {
      double value = 0;
      if (from.is(TypeKind::kFloat32)) {
        float v;
        std::memcpy(&v, args[0].slot.data(), 4);
        value = static_cast<double>(v);
      } else
        std::memcpy(&value, args[0].slot.data(), 8);
      if (f.result.base().is(TypeKind::kFloat32)) {
        const auto v = static_cast<float>(value);
        std::memcpy(out.slot.data(), &v, 4);
      } else
        std::memcpy(out.slot.data(), &value, 8);
      return out;
    }
    const bool is_signed = from.is_signed_integer() || from.is_enum() ||
                           from.is(TypeKind::kDate32) || from.is(TypeKind::kInterval);
    int64_t value = 0;
    const uint32_t width = slot_layout(from).size;
    std::memcpy(&value, args[0].slot.data(), width);
    if (is_signed && width < 8) {
      const auto shift = static_cast<uint32_t>(64 - 8 * width);
      value = static_cast<int64_t>(static_cast<uint64_t>(value) << shift) >> shift;
    }
    const Type to = f.result.base();
    const double real =
        is_signed ? static_cast<double>(value) : static_cast<double>(static_cast<uint64_t>(value));
    if (to.is(TypeKind::kFloat64))
      std::memcpy(out.slot.data(), &real, 8);
    else if (to.is(TypeKind::kFloat32)) {
      const auto v = static_cast<float>(real);
      std::memcpy(out.slot.data(), &v, 4);
    } else
      std::memcpy(out.slot.data(), &value, slot_layout(to).size);
    return out;
  }
  if (f.intrinsic != Intrinsic::kNone) return fail(ErrorCode::kNotImplemented, "intrinsic");

  std::vector<uint64_t> words;
  std::vector<double> reals;
  if (f.symbol.takes_state) words.push_back(reinterpret_cast<uint64_t>(&exec));
  if (f.symbol.takes_context) words.push_back(reinterpret_cast<uint64_t>(f.context.get()));
  std::vector<uint8_t> packed;
  if (f.packed) {
    std::vector<Type> types;
    for (const Value& arg : args) types.push_back(propagates ? arg.type.base() : arg.type);
    const RowLayout layout = row_layout(types);
    packed.resize(layout.size + 16);
    for (size_t i = 0; i < args.size(); ++i) {
      std::memcpy(packed.data() + layout.offsets[i], args[i].slot.data(),
                  slot_layout(types[i]).size);
    }
    words.push_back(reinterpret_cast<uint64_t>(packed.data()));
  } else {
    for (size_t i = 0; i < f.symbol.arguments.size(); ++i) {
      const AbiType abi = f.symbol.arguments[i];
      const uint8_t* slot = args[i].slot.data();
      if (abi == AbiType::kPointer) {
        words.push_back(reinterpret_cast<uint64_t>(slot));
      } else if (abi == AbiType::kF64) {
        double v;
        std::memcpy(&v, slot, 8);
        reals.push_back(v);
      } else if (abi == AbiType::kF32) {
        float v;
        std::memcpy(&v, slot, 4);
        uint64_t low = 0;
        std::memcpy(&low, &v, 4);
        double d;
        std::memcpy(&d, &low, 8);
        reals.push_back(d);
      } else {
        words.push_back(bits_of(slot, abi));
      }
    }
  }
  if (f.symbol.has_out) words.push_back(reinterpret_cast<uint64_t>(out.slot.data()));
  words.resize(16);
  reals.resize(8);
  const auto invoke = [&]<class R>() {
    using Body = R (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double,
                       double, double, double, double, double, double, uint64_t, uint64_t, uint64_t,
                       uint64_t, uint64_t, uint64_t);
    return reinterpret_cast<Body>(f.symbol.address)(
        words[0], words[1], words[2], words[3], words[4], words[5], reals[0], reals[1], reals[2],
        reals[3], reals[4], reals[5], reals[6], reals[7], words[6], words[7], words[8], words[9],
        words[10], words[11]);
  };
  if (f.symbol.result == AbiType::kF64) {
    const double v = invoke.operator()<double>();
    std::memcpy(out.slot.data(), &v, 8);
  } else if (f.symbol.result == AbiType::kF32) {
    const float v = invoke.operator()<float>();
    std::memcpy(out.slot.data(), &v, 4);
  } else {
    const uint64_t v = invoke.operator()<uint64_t>();
    if (!f.symbol.has_out)
      std::memcpy(out.slot.data(), &v, std::min<size_t>(8, slot_layout(f.result.base()).size));
  }
  if (exec.query->failed) return exec.query->error;
  return out;
}

Result<std::string> run(const FunctionRegistry& registry, std::string_view line, ExecState& exec) {
  std::vector<std::string> fields;
  size_t begin = 0;
  for (size_t tab; (tab = line.find('\t', begin)) != std::string_view::npos; begin = tab + 1) {
    fields.emplace_back(line.substr(begin, tab - begin));
  }
  fields.emplace_back(line.substr(begin));
  const FunctionRow* row = registry.find(fields[0]);
  if (row == nullptr) return fail(ErrorCode::kUnknownFunction, "Unknown function: " + fields[0]);
  std::vector<Value> values;
  for (size_t i = 1; i < fields.size(); ++i) {
    const size_t bar = fields[i].find('|');
    SP_TRY(const Type type, parse_type(fields[i].substr(0, bar)));
    Value value{type, std::vector<uint8_t>(slot_layout(type).size + 16, 0)};
    ParseError error;
    const ValueParser parser(type, {.null_words = true});
    if (!parser.parse(std::string_view(fields[i]).substr(bar + 1), value.slot.data(),
                      exec.persistent, error)) {
      return fail(error.code, "argument: " + error.message);
    }
    values.push_back(std::move(value));
  }
  std::vector<Argument> arguments;
  for (const Value& value : values) {
    arguments.push_back({.type = value.type, .is_constant = true, .constant = value.slot.data()});
  }
  // Only what must be constant is, so that LowCardinality follows the rule for columns.
  for (size_t i = 0; i < arguments.size() && i < 32; ++i) {
    if (((row->constant_arguments >> i) & 1U) == 0) arguments[i].is_constant = false;
  }
  SP_TRY(ResolvedFunction resolved, registry.resolve(*row, arguments, {}));
  SP_TRY(Value result, evaluate(resolved, values, exec));
  std::string text;
  value_formatter(result.type).write(result.slot.data(), TextStyle::kEscaped, text);
  return result.type.name() + "\t" + text;
}

}  // namespace

std::string call_function(const FunctionRegistry& registry, std::string_view line) {
  QueryState query;
  ExecState exec(query);
  exec.now_ns = 1700000000123456789;
  auto answer = run(registry, line, exec);
  return answer.ok() ? *answer : failed(answer.error());
}

}  // namespace sp
