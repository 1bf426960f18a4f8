#pragma once
// Errors as values: Error, Result<T> and SP_TRY. Every folder reports failure through these;
// exceptions never cross a folder. Codes are ClickHouse's (src/Common/ErrorCodes) so that clients
// see what they know.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/core/check.h"
#include "runtime/core/error_code.h"

namespace sp {

/// Marks a half-open range of byte offsets in a source text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const Span&) const = default;
};

/// Locates an error for a person: resolved once, by whoever owns the text (see lang/source).
struct Location {
  std::string file;       ///< path as the author knows it, or "<query>"
  uint32_t line = 0;      ///< 1-based
  uint32_t column = 0;    ///< 1-based, in characters
  std::string line_text;  ///< the line without its newline
  uint32_t width = 1;     ///< how many characters the caret underlines
};

/// Describes one failure. `message` is a fixed sentence with the values last; `hint` is the next
/// action.
struct Error {
  ErrorCode code = ErrorCode::kLogicalError;
  std::string message;
  std::optional<Span> span;  ///< in the text being processed; always set for errors in user text
  std::string hint;          ///< "did you mean `country`?"; empty if there is none
  std::vector<std::string> notes;
  std::optional<Location> location;  ///< set once the span was resolved against its file

  /// Renders file:line:column, message, excerpt with caret, hint and notes; several lines, no final
  /// newline.
  std::string render() const;
};

/// Holds a T or the Error that prevented it.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    SP_CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    SP_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    SP_CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & {
    SP_CHECK(!ok());
    return std::get<1>(state_);
  }
  const Error& error() const& {
    SP_CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    SP_CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Result of an action that yields nothing: default-constructed means success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() & {
    SP_CHECK(!ok());
    return *error_;
  }
  const Error& error() const& {
    SP_CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    SP_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

/// Builds an Error in one expression: `return fail(ErrorCode::kTypeMismatch, "...", span, "hint")`.
inline Error fail(ErrorCode code, std::string message, std::optional<Span> span = std::nullopt,
                  std::string hint = {}) {
  return Error{code, std::move(message), span, std::move(hint), {}, std::nullopt};
}

/// Finds the candidate nearest to `name` (case-insensitive edit distance, at most a third of its
/// length); returns "" if none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string_view>& candidates);

/// Writes "did you mean `x`?" for the nearest candidate, or "" if none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace sp

#define SP_CONCAT_INNER(a, b) a##b
#define SP_CONCAT(a, b) SP_CONCAT_INNER(a, b)
#define SP_TRY_IMPL(tmp, decl, expr)            \
  auto tmp = (expr);                            \
  if (!tmp.ok()) return std::move(tmp).error(); \
  decl = std::move(tmp).value()
/// SP_TRY(auto x, parse(...)): assigns the value or returns the error from the enclosing function.
#define SP_TRY(decl, expr) SP_TRY_IMPL(SP_CONCAT(sp_try_, __LINE__), decl, expr)
/// SP_TRY_VOID(check(...)): returns the error of a Result<void> (or ignores a value) from the
/// enclosing function.
#define SP_TRY_VOID(expr)                                                                    \
  do {                                                                                       \
    if (auto sp_try_void = (expr); !sp_try_void.ok()) return std::move(sp_try_void).error(); \
  } while (false)
