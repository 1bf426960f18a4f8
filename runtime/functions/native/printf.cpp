// printf: values written by C's % letters. Each value is written by fmt::sprintf, which checks that
// the letter fits the value; the format is cut at its % signs first, one value a piece.

#include <fmt/printf.h>

#include <cctype>

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct PrintfContext : FunctionContext {
  enum class Kind : uint8_t { kString, kUnsigned, kSigned, kFloat };
  std::vector<Kind> kinds;  // of the values: strings, or numbers of 64 bits
  std::vector<uint32_t> offsets;
};

namespace {

using Kind = PrintfContext::Kind;

// Takes a piece off the format: literal text, or one % letter with the literal text behind it. "%%"
// is literal.
std::string_view take_piece(std::string_view& format, bool& has_value) {
  has_value = format.starts_with('%') && !format.starts_with("%%");
  size_t at = has_value ? 1 : 0;
  while (true) {
    at = format.find('%', at);
    if (at == std::string_view::npos) at = format.size();
    if (!format.substr(at).starts_with("%%")) break;
    at += 2;
  }
  const std::string_view piece = format.substr(0, at);
  format.remove_prefix(at);
  return piece;
}

size_t count_values(std::string_view format) {
  size_t count = 0;
  while (!format.empty()) {
    bool has_value = false;
    take_piece(format, has_value);
    count += has_value;
  }
  return count;
}

// Whether a width or a precision has so many digits that one value could take all memory.
bool is_too_wide(std::string_view piece) {
  constexpr size_t kMostDigits = 6;
  size_t digits = 0;
  for (const char c : piece.substr(1)) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) return false;
    digits = std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits + 1 : 0;
    if (digits > kMostDigits) return true;
  }
  return false;
}

std::string written(std::string_view piece, Kind kind, const char* slot) {
  switch (kind) {
    case Kind::kString:
      return fmt::sprintf(piece, reinterpret_cast<const StringRef*>(slot)->view());
    case Kind::kUnsigned: return fmt::sprintf(piece, *reinterpret_cast<const uint64_t*>(slot));
    case Kind::kSigned: return fmt::sprintf(piece, *reinterpret_cast<const int64_t*>(slot));
    case Kind::kFloat: break;
  }
  return fmt::sprintf(piece, *reinterpret_cast<const double*>(slot));
}

std::string format_values(const PrintfContext& context, std::string_view format,
                          const char* tuple) {
  std::string out;
  size_t next = 0;
  while (!format.empty()) {
    bool has_value = false;
    const std::string_view piece = take_piece(format, has_value);
    if (!has_value) {
      out += fmt::sprintf(piece);
      continue;
    }
    if (is_too_wide(piece)) throw fmt::format_error("number is too big");
    out += written(piece, context.kinds[next], tuple + context.offsets[next + 1]);
    ++next;
  }
  return out;
}

}  // namespace

extern "C" void sp_printf(ExecState& exec, const PrintfContext* context, const void* tuple,
                          StringRef* out) noexcept {
  *out = StringRef();
  const auto* row = static_cast<const char*>(tuple);
  const StringRef& slot = *reinterpret_cast<const StringRef*>(row + context->offsets[0]);
  const std::string format(slot.view());
  if (format.empty() || count_values(format) != context->kinds.size()) {
    exec.fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
              "Number of arguments for function printf doesn't match: " +
                  std::to_string(context->kinds.size()) + " values, but the format is " + format);
    return;
  }
  try {
    *out = new_string(exec, format_values(*context, format, row));
  } catch (const fmt::format_error& error) {
    exec.fail(ErrorCode::kBadArguments,
              "Bad format " + format + " in function printf: " + error.what());
  }
}

namespace {

Result<ResolvedFunction> resolve_printf(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  if (!arguments[0].type.is_string_like()) return illegal_argument(arguments, 0, "String");
  auto context = std::make_shared<PrintfContext>();
  std::vector<Type> casts = {arguments[0].type};
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Type type = arguments[i].type;
    const bool number = type.is_number() && number_width(type) != 0 && number_width(type) <= 8;
    if (type.is_string_like()) {
      context->kinds.push_back(Kind::kString);
      casts.push_back(type);
    } else if (number) {
      const Kind kind = type.is_float()            ? Kind::kFloat
                        : type.is_signed_integer() ? Kind::kSigned
                                                   : Kind::kUnsigned;
      context->kinds.push_back(kind);
      casts.push_back(kind == Kind::kFloat    ? float64_type()
                      : kind == Kind::kSigned ? int64_type()
                                              : uint64_type());
    } else {
      return illegal_argument(arguments, i, "a number of at most 64 bits or String");
    }
  }
  context->offsets = row_layout(casts).offsets;
  ResolvedFunction resolved =
      packed_call(string_type(), SP_SYMBOL(sp_printf), std::move(casts), context);
  resolved.total = false;
  return resolved;
}

}  // namespace

SP_FUNCTIONS(printf) {
  const RowAdder add(rows);
  add("printf", 1, 255, resolve_printf, "Writes values by a `format` of C's % letters.",
      "SELECT printf('%s: %05.1f%%', 'share', 12.34)", "share: 012.3%");
}

}  // namespace sp
