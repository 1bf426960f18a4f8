#pragma once
// Stored states by their type: AggregateFunction(quantiles(0.5, 0.9), Float64) names a call, and so
// do the first arguments of arrayReduce and initializeAggregation.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/aggregates/nested.h"

namespace sp {

/// The first byte of every stored state: states of another version are refused, not misread.
constexpr char kStateVersion = 2;
/// Merges a stored state into `state`; no bytes are the empty state. False: malformed, or of
/// another version.
bool absorb_state(ExecState& exec, const Nested& nested, void* state,
                  const StringRef& bytes) noexcept;

/// A call as spelled in a type: name, literal parameters, types of arguments.
struct StoredCall {
  std::string_view name;
  std::vector<Argument> parameters;
  std::vector<Argument> arguments;
  std::vector<std::shared_ptr<const void>> values;  ///< what `parameters` point to

  /// Keeps a value as long as this call.
  template <class T>
  const T* keep(T value) {
    auto kept = std::make_shared<const T>(std::move(value));
    values.push_back(kept);
    return kept.get();
  }
};

/// Reads "quantiles(0.5, 'a')": `function` must outlive the answer.
StoredCall parse_aggregate_call(std::string_view function);
/// The same of an AggregateFunction type, with its arguments.
StoredCall stored_call(Type type);
/// The text of a call in a type: "quantile" and (0.5) give "quantile(0.5)".
std::string spelled_call(std::string_view name, std::span<const Argument> parameters);
/// The aggregate whose states a type holds, without its condition: ready to absorb and finish them.
/// Errors as resolve().
Result<Nested> stored_aggregate(const AggregateRegistry& registry, Type type,
                                const ResolveOptions& options);

}  // namespace sp
