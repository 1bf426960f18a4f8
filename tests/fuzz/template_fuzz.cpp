// libFuzzer target of templates: the first line of the input is a parameter's value, the rest a template. Whatever it
// is, it compiles or not, renders or not; every branch's probe renders too; and the value never shows in the SQL.

#include <cstddef>
#include <cstdint>
#include <string>

#include "lang/template/template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t newline = input.find('\n');
  const std::string value = "\x01secret\x02" + input.substr(0, newline);
  const std::string text = newline == std::string::npos ? std::string() : input.substr(newline + 1);
  const auto compiled = sp::Template::compile(text, 0);
  if (!compiled.ok()) {
    SP_CHECK(compiled.error().span.has_value());
    return 0;
  }
  sp::RequestParams params;
  for (const char* name : {"x", "a", "n"}) params.add(name, value);
  sp::TemplateContext context;
  context.params = &params;
  context.max_steps = 20000;
  const auto result = (*compiled)->render(context, 0);
  if (result.ok() && text.find('\x01') == std::string::npos) SP_CHECK(result->text.find("\x01secret\x02") == std::string::npos);
  for (const sp::RequestParams& probe : (*compiled)->probes()) {
    context.params = &probe;
    (void)(*compiled)->render(context, 0);
  }
  return 0;
}
