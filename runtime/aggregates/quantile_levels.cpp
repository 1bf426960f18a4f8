// Levels and rows of the quantile aggregates.

#include "runtime/aggregates/quantile_levels.h"

#ifndef SP_BITCODE
#include <deque>

namespace sp {

Result<std::shared_ptr<LevelsContext>> quantile_levels(std::string_view name, Arguments parameters,
                                                       bool many) {
  auto context = std::make_shared<LevelsContext>();
  if (!many && parameters.size() > 1) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Aggregate function " + std::string(name) + " requires one level parameter or less");
  }
  if (many && parameters.empty()) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Aggregate function " + std::string(name) + " requires at least one level parameter");
  }
  if (parameters.empty()) context->levels.push_back(0.5);
  for (const Argument& parameter : parameters) {
    const auto level = constant_number(parameter);
    if (!level || !(*level >= 0 && *level <= 1)) {
      return fail(ErrorCode::kParameterOutOfBound, "Quantile level is out of range [0..1]");
    }
    context->levels.push_back(*level);
  }
  return context;
}

void add_quantile_rows(std::vector<AggregateRow>& rows, std::string_view suffix,
                       QuantileResolver resolver, const char* doc, const char* example,
                       const char* example_result) {
  static auto* names = new std::deque<std::string>();
  const auto keep = [](std::string name) { return names->emplace_back(std::move(name)).c_str(); };
  const char* one = keep("quantile" + std::string(suffix));
  const char* many = keep("quantiles" + std::string(suffix));
  // quantileX(0.9)(x) = r: quantilesX(0.9)(x) = [r]
  std::string several = example;
  const size_t call_end = several.find('(');
  if (several.find(")(") == std::string::npos) several.insert(call_end, "(0.5)");
  several.insert(several.find("quantile") + 8, "s");
  rows.push_back({.name = one,
                  .aliases = {keep("median" + std::string(suffix))},
                  .resolve =
                      [=](Arguments parameters, Arguments arguments, const ResolveOptions&) {
                        return resolver(one, false, parameters, arguments);
                      },
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
  rows.push_back({.name = many,
                  .resolve =
                      [=](Arguments parameters, Arguments arguments, const ResolveOptions&) {
                        return resolver(many, true, parameters, arguments);
                      },
                  .doc = "The same at several levels, as an array.",
                  .example = keep(several),
                  .example_result = keep("[" + std::string(example_result) + "]")});
}

}  // namespace sp
#endif
