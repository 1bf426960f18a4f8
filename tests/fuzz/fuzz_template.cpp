// Fuzzes templates: the first line of the input is a parameter's value, the rest a template.
// Whatever it is, it compiles or not, renders or not; every branch's probe renders too; and the
// value never shows in the SQL.

#include "lang/template/template.h"
#include "tests/fuzz/fuzz_target.h"

SP_FUZZ_TARGET(template) {
  const size_t newline = input.find('\n');
  const std::string value = "\x01secret\x02" + std::string(input.substr(0, newline));
  const std::string_view text =
      newline == std::string_view::npos ? std::string_view() : input.substr(newline + 1);
  const auto compiled = sp::Template::compile(text, 0);
  if (!compiled.ok()) {
    SP_CHECK(compiled.error().span.has_value());
    return;
  }
  sp::RequestParams params;
  for (const char* name : {"x", "a", "n"}) params.add(name, value);
  sp::TemplateContext context;
  context.params = &params;
  context.max_steps = 20000;
  const auto result = (*compiled)->render(context, 0);
  if (result.ok() && text.find('\x01') == std::string_view::npos)
    SP_CHECK(result->text.find("\x01secret\x02") == std::string::npos);
  for (const sp::RequestParams& probe : (*compiled)->probes()) {
    context.params = &probe;
    (void)(*compiled)->render(context, 0);
  }
}
