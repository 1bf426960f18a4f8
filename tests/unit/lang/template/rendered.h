#pragma once
// What the template tests share: compile and render in one call, holes listed behind the text.

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "lang/template/template.h"

namespace sp {

using Sent = std::initializer_list<std::pair<const char*, const char*>>;

inline RequestParams params_of(const Sent& sent) {
  RequestParams params;
  for (const auto& [name, value] : sent) params.add(name, value);
  return params;
}

/// "SELECT {p0:Int32} | 5": the shape, then the values in order.
inline std::string rendered(const std::string& text, const Sent& sent = {}) {
  const auto compiled = Template::compile(text, 0);
  if (!compiled.ok()) return SourceText("t", text).attach(compiled.error()).render();
  const RequestParams params = params_of(sent);
  TemplateContext context;
  context.params = &params;
  context.secret = [](std::string_view name) {
    return name == "password" ? std::optional<std::string>("s3cret") : std::nullopt;
  };
  const auto result = (*compiled)->render(context, 0);
  if (!result.ok()) return SourceText("t", text).attach(result.error()).render();
  std::string out = result->text;
  for (const HoleValue& hole : result->values) out += " | " + hole.text;
  return out;
}

}  // namespace sp
