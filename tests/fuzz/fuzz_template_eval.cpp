// Fuzzes the template evaluator: the input's lines up to an empty one are parameters (name=value,
// repeats make arrays), the rest is a template. It renders or fails with a place; every hole of the
// text has its value beside it, numbered in order; and the same request renders to the same text
// again.

#include "lang/template/template.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

// Reads the leading name=value lines and takes them, with the empty line, off the input.
sp::RequestParams take_params(std::string_view& input) {
  sp::RequestParams params;
  while (!input.empty()) {
    const size_t newline = input.find('\n');
    const std::string_view line = input.substr(0, newline);
    input = newline == std::string_view::npos ? std::string_view() : input.substr(newline + 1);
    if (line.empty()) break;
    const size_t equals = line.find('=');
    params.add(std::string(line.substr(0, equals)),
               equals == std::string_view::npos ? "" : std::string(line.substr(equals + 1)));
  }
  return params;
}

}  // namespace

SP_FUZZ_TARGET(template_eval) {
  const sp::RequestParams params = take_params(input);
  const auto compiled = sp::Template::compile(input, 0);
  if (!compiled.ok()) return;
  sp::Signature signature;
  (*compiled)->collect_params(signature);
  sp::TemplateContext context;
  context.params = &params;
  context.secret = [](std::string_view name) -> std::optional<std::string> {
    return name == "known" ? std::optional<std::string>("s3cret") : std::nullopt;
  };
  context.max_steps = 20000;
  const auto rendered = (*compiled)->render(context, 3);
  if (!rendered.ok()) {
    SP_CHECK(rendered.error().span.has_value());
    SP_CHECK(rendered.error().span->begin <= rendered.error().span->end);
    SP_CHECK(rendered.error().span->end <= input.size());
    return;
  }
  for (size_t i = 0; i < rendered->values.size(); ++i) {
    const sp::HoleValue& hole = rendered->values[i];
    SP_CHECK(hole.name == "p" + std::to_string(3 + i));
    SP_CHECK(rendered->text.find("{" + hole.name + ":" + hole.type + "}") != std::string::npos);
  }
  const auto again = (*compiled)->render(context, 3);
  SP_CHECK(again.ok());
  SP_CHECK(again->text == rendered->text);
}
