#pragma once
// The table of template functions and methods. One entry a function, beside its body, in one file
// of functions/; evaluator, signatures, suggestions and docs read the table.

#include <span>
#include <string_view>
#include <vector>

#include "lang/template/expr.h"

namespace sp::tmpl {

class Evaluator;

/// How a parameter function reads its text.
enum class ParameterKind : uint8_t {
  kNotAParameter,
  kString,
  kInteger,
  kWideInteger,
  kFloat,
  kDecimal,
  kBoolean,
  kDate,
  kDateTime,
  kDateTime64,
  kUuid,
  kArray,
  kJson,
  kColumn,
  kColumns,
  kList,
};

struct FunctionRule {
  std::string_view name;
  std::string_view doc;  ///< one sentence; parameters in backticks
  std::string_view example;
  /// Evaluates a call; false if it failed (the error is in the evaluator).
  bool (*evaluate)(Evaluator&, const Expr& call, Value& out);
  ParameterKind parameter = ParameterKind::kNotAParameter;
  std::string_view type = {};       ///< as Signature shows it
  std::string_view hole_type = {};  ///< of the hole it renders as
};

struct MethodRule {
  std::string_view name;
  ValueKind receiver;
  std::string_view doc;
  bool (*evaluate)(Evaluator&, const Expr& call, Value& receiver, Value& out);
};

/// Finds a function by its exact name; nullptr if there is none.
const FunctionRule* find_function(std::string_view name);
/// The error for a call of a function that is not there.
Error unknown_function(const Expr& call);
/// All functions, for suggestions and docs.
std::vector<const FunctionRule*> all_functions();
const MethodRule* find_method(std::string_view name, ValueKind receiver);
std::vector<std::string_view> method_names(ValueKind receiver);

// The files of functions/, each a slice of the table.
std::span<const FunctionRule> parameter_functions();
std::span<const FunctionRule> identifier_functions();
std::span<const FunctionRule> date_functions();
std::span<const FunctionRule> collection_functions();
std::span<const FunctionRule> flow_functions();
std::span<const FunctionRule> setting_functions();
std::span<const MethodRule> text_methods();
std::span<const MethodRule> container_methods();

}  // namespace sp::tmpl
