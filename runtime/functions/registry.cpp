// FunctionRegistry: collects the rows of all families, finds them by name, and wraps resolvers in
// ClickHouse's rules for Nullable and LowCardinality arguments
// (IFunctionOverloadResolver::getReturnType). Entry: resolve.

#include "runtime/functions/function.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <mutex>

namespace sp {

// The result of any ordinary function that has the literal NULL among its arguments.
extern "C" void sp_null_result(Nullable<uint8_t>* out) noexcept {
  out->value = 0;
  out->is_null = 1;
}

#ifndef SP_BITCODE

const FunctionFamily* FunctionFamily::head_ = nullptr;

namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string expected_count(const FunctionRow& row) {
  const auto number = [](unsigned n) { return std::to_string(n); };
  if (row.max_arguments == 255) return "at least " + number(row.min_arguments);
  if (row.min_arguments == row.max_arguments) return number(row.min_arguments);
  return "between " + number(row.min_arguments) + " and " + number(row.max_arguments);
}

Result<void> check_arguments(const FunctionRow& row, std::span<const Argument> arguments) {
  const size_t count = arguments.size();
  if (count < row.min_arguments || (row.max_arguments != 255 && count > row.max_arguments)) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Number of arguments for function " + std::string(row.name) +
                    " doesn't match: passed " + std::to_string(count) + ", should be " +
                    expected_count(row));
  }
  for (size_t i = 0; i < count && i < 32; ++i) {
    const bool must_be_constant = ((row.constant_arguments >> i) & 1U) != 0;
    if (must_be_constant && (!arguments[i].is_constant || arguments[i].constant == nullptr)) {
      return fail(ErrorCode::kIllegalColumn, "Argument at index " + std::to_string(i) +
                                                 " for function " + row.name + " must be constant");
    }
  }
  return {};
}

bool may_stand_in_low_cardinality(Type type) {
  if (type.is_nullable()) type = type.element();
  return type.is_number() || type.is_string_like() || type.is(TypeKind::kDate) ||
         type.is(TypeKind::kDate32) || type.is(TypeKind::kDateTime) || type.is(TypeKind::kUuid) ||
         type.is(TypeKind::kIpv4) || type.is(TypeKind::kIpv6) || type.is(TypeKind::kInterval);
}

// A constant of a nullable type: its slot starts with the value, unless it is NULL.
const void* stripped_constant(const Argument& argument) {
  if (argument.constant == nullptr || !argument.type.can_be_null()) return argument.constant;
  const SlotLayout value = slot_layout(argument.type.base());
  const bool is_null = static_cast<const uint8_t*>(argument.constant)[value.size] != 0;
  return is_null ? nullptr : argument.constant;
}

// ClickHouse: one LowCardinality column, everything else constant (an all-constant call counts as
// well).
bool stays_low_cardinality(std::span<const Argument> arguments) {
  size_t low_cardinality_columns = 0;
  size_t ordinary_columns = 0;
  bool any = false;
  for (const Argument& argument : arguments) {
    const bool wrapped = argument.type.is_low_cardinality();
    any = any || wrapped;
    if (!argument.is_constant) ++(wrapped ? low_cardinality_columns : ordinary_columns);
  }
  return any && low_cardinality_columns <= 1 && ordinary_columns == 0;
}

}  // namespace

FunctionRegistry::FunctionRegistry() {
  // Families that make their rows' texts keep them in tables of their own, for good: one registry
  // fills at a time.
  static std::mutex filling;
  std::unique_lock lock(filling);
  for (const FunctionFamily* family = FunctionFamily::first(); family != nullptr;
       family = family->next()) {
    family->fill()(storage_);
  }
  lock.unlock();
  std::sort(storage_.begin(), storage_.end(), [](const FunctionRow& a, const FunctionRow& b) {
    return std::string_view(a.name) < std::string_view(b.name);
  });
  for (const FunctionRow& row : storage_) {
    rows_.push_back(&row);
    const auto add = [&](std::string_view name) {
      SP_CHECK(exact_.emplace(name, &row).second);
      if (row.case_insensitive) folded_.emplace(lower_case(name), &row);
      names_.push_back(name);
    };
    add(row.name);
    for (const char* alias : row.aliases) {
      add(alias);
      // Names of standard SQL (DATE_FORMAT) are found in any case.
      const bool upper = std::none_of(alias, alias + std::strlen(alias),
                                      [](char c) { return c >= 'a' && c <= 'z'; });
      if (upper) folded_.emplace(lower_case(alias), &row);
    }
  }
  std::sort(names_.begin(), names_.end());
}

const FunctionRow* FunctionRegistry::find(std::string_view name) const {
  if (const auto found = exact_.find(name); found != exact_.end()) return found->second;
  const auto found = folded_.find(lower_case(name));
  return found == folded_.end() ? nullptr : found->second;
}

Result<ResolvedFunction> FunctionRegistry::resolve(const FunctionRow& row,
                                                   std::span<const Argument> arguments,
                                                   const ResolveOptions& options) const {
  SP_TRY_VOID(check_arguments(row, arguments));
  if (row.nulls == NullPolicy::kSeesNulls) {
    SP_TRY(ResolvedFunction resolved, row.resolve(arguments, options));
    resolved.nulls = NullPolicy::kSeesNulls;
    if (resolved.arguments.empty()) {
      for (const Argument& argument : arguments) resolved.arguments.push_back(argument.type);
    }
    return resolved;
  }

  std::vector<Argument> stripped(arguments.begin(), arguments.end());
  bool any_null = false;
  bool null_literal = false;
  for (Argument& argument : stripped) {
    if (argument.type.is(TypeKind::kLambda)) continue;
    any_null = any_null || argument.type.can_be_null();
    null_literal = null_literal || argument.type == Type::null_type();
    argument.constant = stripped_constant(argument);
    argument.type = argument.type.base();
  }
  if (null_literal) {
    // NULL among the arguments: the result is NULL of type Nullable(Nothing), nothing is called.
    ResolvedFunction resolved;
    resolved.result = Type::null_type();
    for (const Argument& argument : arguments) resolved.arguments.push_back(argument.type);
    resolved.symbol = SP_SYMBOL(sp_null_result);
    resolved.nulls = NullPolicy::kSeesNulls;
    return resolved;
  }

  SP_TRY(ResolvedFunction resolved, row.resolve(stripped, options));
  resolved.nulls = NullPolicy::kPropagate;
  if (resolved.arguments.empty()) {
    for (const Argument& argument : stripped) resolved.arguments.push_back(argument.type);
  }
  for (size_t i = 0; i < resolved.arguments.size() && i < arguments.size(); ++i) {
    if (arguments[i].type.is(TypeKind::kLambda)) continue;
    const bool unchanged = resolved.arguments[i] == stripped[i].type;
    resolved.arguments[i] = unchanged
                                ? arguments[i].type
                                : resolved.arguments[i].with_null(arguments[i].type.can_be_null());
  }
  if (any_null) resolved.result = Type::nullable(resolved.result);
  // JSONExtract and its kin give plain types, as in ClickHouse.
  const std::string_view name = row.name;
  if (!name.starts_with("JSON") || name.starts_with("JSON_") || name == "JSONMergePatch")
    resolved.result = restore_low_cardinality(resolved.result, arguments);
  return resolved;
}

Type restore_low_cardinality(Type result, std::span<const Argument> arguments) {
  const bool wrap = stays_low_cardinality(arguments) && may_stand_in_low_cardinality(result);
  return wrap ? Type::low_cardinality(result) : result;
}

#endif

}  // namespace sp
