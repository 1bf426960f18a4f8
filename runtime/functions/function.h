#pragma once
// The function library's contract: how a SQL function is described (FunctionRow) and how its C++
// body looks to generated code (Symbol). A body and its row stand together in one file of
// runtime/functions/; the binder, both compilation tiers, the generated docs, completion and the
// example test all come from the row.
//
// A body is an extern "C" noexcept function whose parameters are, in this order (each part
// optional):
//   ExecState&            state: arenas, the error record, query time
//   const Context*        constant data prepared at bind time (compiled regex, time zone table,
//                         type operations)
//   arguments             numbers, dates, Bool by value; every other type as a const
//                         pointer/reference to its slot
//                         (const StringRef&, const ArrayRef&, const void* for tuples and generic
//                             slots)
//   Out*                  non-const pointer to the result slot, when the result is not returned by
//       value
// The signature is read from the C++ type by symbol_of(), never written twice. Bodies are compiled
// natively (tier 0) and to bitcode (tier 1): keep rows and anything with static data under `#ifndef
// SP_BITCODE`. A body may call ordinary C++ (natively compiled) functions declared in headers;
// those stay calls.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/core/slot.h"
#include "runtime/core/type.h"

namespace sp {

struct ExecState;

/// How one parameter or result passes between generated code and C++.
enum class AbiType : uint8_t {
  kVoid,
  kI8,
  kU8,
  kI16,
  kU16,
  kI32,
  kU32,
  kI64,
  kU64,
  kF32,
  kF64,
  kPointer
};

/// Base of constant data that a body receives. Immutable after construction, shared between
/// queries.
struct FunctionContext {
  virtual ~FunctionContext() = default;
};

/// A compiled C++ function as generated code sees it.
struct Symbol {
  const char* name = nullptr;  ///< the extern "C" name: also its name in the bitcode
  void* address = nullptr;     ///< the native version
  AbiType result = AbiType::kVoid;
  bool takes_state = false;        ///< first parameter is ExecState&
  bool takes_context = false;      ///< next parameter is const FunctionContext* (or derived)
  bool has_out = false;            ///< last parameter is the result slot
  std::vector<AbiType> arguments;  ///< value arguments only (without state, context, out)
  explicit operator bool() const { return name != nullptr; }
};

namespace abi {
template <class T>
constexpr AbiType type_of() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_void_v<U>)
    return AbiType::kVoid;
  else if constexpr (std::is_pointer_v<U> || std::is_reference_v<T>)
    return AbiType::kPointer;
  else if constexpr (std::is_same_v<U, float>)
    return AbiType::kF32;
  else if constexpr (std::is_same_v<U, double>)
    return AbiType::kF64;
  else if constexpr (std::is_same_v<U, bool>)
    return AbiType::kU8;
  else {
    static_assert(std::is_integral_v<U> && sizeof(U) <= 8, "pass wider values by pointer");
    constexpr bool is_signed = std::is_signed_v<U>;
    if constexpr (sizeof(U) == 1)
      return is_signed ? AbiType::kI8 : AbiType::kU8;
    else if constexpr (sizeof(U) == 2)
      return is_signed ? AbiType::kI16 : AbiType::kU16;
    else if constexpr (sizeof(U) == 4)
      return is_signed ? AbiType::kI32 : AbiType::kU32;
    else
      return is_signed ? AbiType::kI64 : AbiType::kU64;
  }
}
template <class T>
inline constexpr bool is_state =
    std::is_reference_v<T> && std::is_same_v<std::remove_cvref_t<T>, ExecState>;
template <class T>
inline constexpr bool is_context =
    std::is_pointer_v<T> &&
    std::is_base_of_v<FunctionContext, std::remove_cv_t<std::remove_pointer_t<T>>>;
template <class T>
inline constexpr bool is_out =
    std::is_pointer_v<T> && !std::is_const_v<std::remove_pointer_t<T>> && !is_context<T>;

template <class R, class... A>
Symbol describe(const char* name, R (*function)(A...) noexcept) {
  Symbol symbol;
  symbol.name = name;
  symbol.address = reinterpret_cast<void*>(function);
  symbol.result = type_of<R>();
  size_t index = 0;
  const size_t count = sizeof...(A);
  [[maybe_unused]] const auto one = [&]<class T>() {
    ++index;
    if constexpr (is_state<T>)
      symbol.takes_state = true;
    else if constexpr (is_context<T>)
      symbol.takes_context = true;
    else if (is_out<T> && index == count)
      symbol.has_out = true;
    else
      symbol.arguments.push_back(type_of<T>());
  };
  (one.template operator()<A>(), ...);
  return symbol;
}
}  // namespace abi

/// SP_SYMBOL(sp_lower): the Symbol of an extern "C" noexcept function.
#define SP_SYMBOL(function) ::sp::abi::describe(#function, &function)

/// What happens to NULL arguments.
enum class NullPolicy : uint8_t {
  /// Any NULL argument makes the result NULL; the body sees values without Nullable (garbage for
  /// null rows is masked: a fallible body is branched around, a total one is called anyway).
  kPropagate,
  /// The body itself handles NULL: Nullable arguments come as const pointers to Nullable<T> slots,
  /// and a Nullable result is written through Nullable<T>* out.
  kSeesNulls,
};

/// Operations that code generation emits inline instead of calling a body.
enum class Intrinsic : uint8_t {
  kNone,
  kAdd,
  kSubtract,
  kMultiply,     // numbers; arguments already cast to the result type; wraps
  kDivideFloat,  // Float64 / Float64
  kNegate,
  kBitAnd,
  kBitOr,
  kBitXor,
  kBitNot,
  kShiftLeft,
  kShiftRight,
  kEquals,
  kNotEquals,
  kLess,
  kLessOrEquals,
  kGreater,
  kGreaterOrEquals,  // both arguments of one numeric/date base type
  kStringEquals,
  kStringNotEquals,  // inline head compare, then call
  kAnd,
  kOr,
  kXor,
  kNot,      // three-valued; short-circuit allowed
  kIf,       // if(condition, then, else): lazy; branches already of the result type
  kMultiIf,  // c1, v1, c2, v2, ..., else: lazy
  kIsNull,
  kIsNotNull,
  kAssumeNotNull,
  kToNullable,
  kIdentity,
  kCoalesce,  // first non-NULL; lazy; arguments already of the result type
  kTuple,
  kTupleElement,  // element index in ResolvedFunction::immediate (0-based)
  kArray,         // array literal: arguments already of the element type
  kMapArray,      // (lambda, array...): array of the lambda's results, the core of arrayMap
  kNumericCast,   // number/date-as-number to number, C semantics (static_cast)
};

/// One argument as the binder knows it.
struct Argument {
  Type type;
  bool is_constant = false;
  /// Slot of the value if constant and known when binding; null otherwise. `text` for constant
  /// strings.
  const void* constant = nullptr;
  std::string_view name = {};  ///< the expression's column name, for messages
  std::optional<std::string_view> constant_text() const {
    if (constant == nullptr || !type.base().is_string_like() || type.can_be_null())
      return std::nullopt;
    return static_cast<const StringRef*>(constant)->view();
  }
};

/// What resolving a call yields: everything the code generator needs.
struct ResolvedFunction {
  Type result;                  ///< final type as in `meta`
  std::vector<Type> arguments;  ///< the binder casts each argument to this (equal type: no cast)
  Intrinsic intrinsic = Intrinsic::kNone;
  Symbol symbol;  ///< when intrinsic == kNone
  std::shared_ptr<const FunctionContext> context;
  NullPolicy nulls = NullPolicy::kPropagate;
  bool total = true;          ///< cannot fail, cannot crash on garbage: may be called for null rows
  bool deterministic = true;  ///< false: rand(), generateUUIDv4(): never folded or merged
  int64_t immediate = 0;      ///< for intrinsics that need a number
  /// The body takes all arguments as one pointer to a tuple of them (the slot layout of
  /// Tuple(arguments...), where kPropagate rows see the arguments without Nullable): for functions
  /// of any number of arguments.
  /// symbol.arguments is then one kPointer.
  bool packed = false;
};

/// Options of the query that type rules depend on.
struct ResolveOptions {
  std::string timezone = "UTC";  ///< of DateTime without a zone
};

/// Decides types and implementation for given arguments. For kPropagate rows the arguments come
/// with Nullable and LowCardinality stripped and the registry restores the wrapping of the result:
/// resolvers of ordinary functions never see them. `arguments` of the answer may then also be left
/// empty: "as they are".
using Resolver = std::function<Result<ResolvedFunction>(std::span<const Argument> arguments,
                                                        const ResolveOptions&)>;

/// One row of the function table.
struct FunctionRow {
  const char* name;
  std::vector<const char*> aliases = {};
  bool case_insensitive = false;
  uint8_t min_arguments = 0;
  uint8_t max_arguments = 255;  ///< 255: any number
  NullPolicy nulls = NullPolicy::kPropagate;
  /// Argument 0 may be a lambda: it is called for each element of the array arguments 1..n; the
  /// body then receives the array of its results in place of the lambda, followed by the arrays.
  /// (arrayFilter(f, a) = filter(results, a)) The resolver sees the lambda as a Type::lambda;
  /// `arguments[0]` of its answer is Array(T), where T is the type that the lambda's body is cast
  /// to.
  bool takes_lambda = false;
  /// Bit i < 16: argument i must be constant. Bit 16 + i: it may be. A constant's value is then
  /// known and joins the cache key.
  uint32_t constant_arguments = 0;
  Resolver resolve;
  const char* doc = "";             ///< one sentence, parameters in backticks
  const char* example = "";         ///< "SELECT lower('ABC')" -- the example test runs it ...
  const char* example_result = "";  ///< ... and compares with this TSV text
};

/// The table of all functions, immutable once built; owned by the engine. Thread-safe.
class FunctionRegistry {
 public:
  /// All functions linked into this binary.
  FunctionRegistry();
  /// Finds by name or alias (case rules as ClickHouse); nullptr if unknown.
  const FunctionRow* find(std::string_view name) const;
  /// Checks argument counts, strips and restores Nullable/LowCardinality for kPropagate rows, calls
  /// the row's resolver.
  /// Errors carry ClickHouse's codes (42, 43, 44, ...) without a span: the caller knows it.
  /// LowCardinality: result is LowCardinality when exactly the ClickHouse rule says so (one LC
  /// argument, others constant, result can be inside LC).
  Result<ResolvedFunction> resolve(const FunctionRow& row, std::span<const Argument> arguments,
                                   const ResolveOptions& options) const;
  /// All names, sorted, for completion and suggestions.
  const std::vector<std::string_view>& names() const { return names_; }
  const std::vector<const FunctionRow*>& rows() const { return rows_; }

 private:
  std::vector<FunctionRow> storage_;
  std::vector<const FunctionRow*> rows_;
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, const FunctionRow*> exact_;
  std::unordered_map<std::string, const FunctionRow*>
      folded_;  ///< lower-case names of case-insensitive rows
};

/// Wraps `result` in LowCardinality if ClickHouse's rule says so for these arguments. The registry
/// does it for kPropagate rows; resolvers of kSeesNulls rows that follow the rule call it
/// themselves.
Type restore_low_cardinality(Type result, std::span<const Argument> arguments);

/// Resolves CAST(from AS to): always a function of one argument (or an intrinsic). Nulls: cast of
/// Nullable(T) to a non-nullable type fails at run time on NULL
/// (CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN, 349). `from` constant strings to dates, numbers, enums
/// parse as ClickHouse does. Error CANNOT_CONVERT_TYPE (70) if there is no conversion.
Result<ResolvedFunction> resolve_cast(const Argument& from, Type to, const ResolveOptions& options);

/// The type that ClickHouse's getLeastSupertype gives (if/multiIf branches, arrays, UNION,
/// comparisons). NO_COMMON_TYPE (386).
Result<Type> least_supertype(std::span<const Type> types);

/// Registers a family of rows: at namespace scope in a file of runtime/functions, under #ifndef
/// SP_BITCODE:
///   SP_FUNCTIONS(string_case) { rows.push_back({.name = "lower", ...}); }
#define SP_FUNCTIONS(family)                                                    \
  static void sp_family_##family(std::vector<::sp::FunctionRow>& rows);         \
  static const ::sp::FunctionFamily sp_registrar_##family(&sp_family_##family); \
  static void sp_family_##family(std::vector<::sp::FunctionRow>& rows)

/// A link of the list that SP_FUNCTIONS builds before main().
class FunctionFamily {
 public:
  using Fill = void (*)(std::vector<FunctionRow>&);
  explicit FunctionFamily(Fill fill) : fill_(fill), next_(head_) { head_ = this; }
  static const FunctionFamily* first() { return head_; }
  const FunctionFamily* next() const { return next_; }
  Fill fill() const { return fill_; }

 private:
  Fill fill_;
  const FunctionFamily* next_;
  static const FunctionFamily* head_;
};

}  // namespace sp
