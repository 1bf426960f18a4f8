// JSON_VALUE, JSON_QUERY, JSON_EXISTS with JSONPath ($.a.b[0][*]['c']), simpleJSON...
// (visitParam...), toJSONString.
// The simple functions look for `"name":` anywhere in the text and do not check it, as in
// ClickHouse.

#include <charconv>

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/find_substring.h"
#include "runtime/text/format_value.h"
#include "runtime/text/json_scan.h"

namespace sp {

// A parsed JSONPath.
struct JsonQueryContext : FunctionContext {
  struct Step {
    enum class Kind { kKey, kIndex, kAll } kind;
    std::string key;
    int64_t index = 0;
  };
  std::vector<Step> steps;
  bool constant = false;
};

namespace {

using Steps = std::vector<JsonQueryContext::Step>;

// Parses a path; false if it is not one.
bool parse_path(std::string_view path, Steps& steps) {
  using Kind = JsonQueryContext::Step::Kind;
  if (path.empty() || path[0] != '$') return false;
  const auto quoted = [&](size_t& at, std::string& out) {
    const char quote = path[at];
    const size_t end = path.find(quote, at + 1);
    if (end == std::string_view::npos) return false;
    out = std::string(path.substr(at + 1, end - at - 1));
    at = end + 1;
    return true;
  };
  for (size_t at = 1; at < path.size();) {
    if (path[at] == '.') {
      std::string key;
      if (++at < path.size() && (path[at] == '"' || path[at] == '`')) {
        if (!quoted(at, key)) return false;
      } else {
        const size_t end = std::min(path.find_first_of(".[", at), path.size());
        key = std::string(path.substr(at, end - at));
        at = end;
      }
      if (key.empty()) return false;
      if (key == "*")
        steps.push_back({Kind::kAll, {}, 0});
      else
        steps.push_back({Kind::kKey, std::move(key), 0});
      continue;
    }
    if (path[at] != '[') return false;
    if (++at == path.size()) return false;
    if (path[at] == '\'' || path[at] == '"') {
      std::string key;
      if (!quoted(at, key)) return false;
      steps.push_back({Kind::kKey, std::move(key), 0});
    } else if (path[at] == '*') {
      steps.push_back({Kind::kAll, {}, 0});
      ++at;
    } else {
      int64_t index;
      const auto parsed = std::from_chars(path.data() + at, path.data() + path.size(), index);
      if (parsed.ec != std::errc() || index < 0) return false;
      at = static_cast<size_t>(parsed.ptr - path.data());
      steps.push_back({Kind::kIndex, {}, index});
    }
    if (at == path.size() || path[at++] != ']') return false;
  }
  return true;
}

// Calls visit for each value that the steps reach, in document order, until it returns false.
template <class Visit>
bool walk(const Steps& steps, size_t next, const JsonValue& value, Visit& visit) {
  using Kind = JsonQueryContext::Step::Kind;
  if (next == steps.size()) return visit(value);
  const auto& step = steps[next];
  if (step.kind == Kind::kAll) {
    if (value.kind != JsonKind::kArray) return true;
    for (JsonIterator items(value); items.next();) {
      if (!walk(steps, next + 1, items.value(), visit)) return false;
    }
    return true;
  }
  const bool by_key = step.kind == Kind::kKey;
  if (!by_key && value.kind != JsonKind::kArray) return true;
  const auto found = by_key ? json_member(value, step.key) : json_element(value, step.index + 1);
  return !found || walk(steps, next + 1, *found, visit);
}

template <class Visit>
void query(ExecState& exec, const JsonQueryContext& context, const StringRef& json,
           const StringRef& path, Visit visit) {
  const auto root = json_document(json.view());
  if (!root) return;
  if (context.constant) {
    walk(context.steps, 0, *root, visit);
    return;
  }
  Steps steps;
  if (!parse_path(path.view(), steps)) {
    exec.fail(ErrorCode::kBadArguments, "Unable to parse JSONPath: " + std::string(path.view()));
    return;
  }
  walk(steps, 0, *root, visit);
}

}  // namespace

extern "C" void sp_json_value(ExecState& exec, const JsonQueryContext* context,
                              const StringRef& json, const StringRef& path,
                              StringRef* out) noexcept {
  *out = StringRef();
  query(exec, *context, json, path, [&](const JsonValue& value) {
    if (value.kind == JsonKind::kArray || value.kind == JsonKind::kObject) return true;
    if (value.kind == JsonKind::kString && !value.escaped) {
      *out = StringRef(value.inside());
      return false;
    }
    std::string text;
    if (value.kind == JsonKind::kString)
      json_unescape(value, text);
    else
      json_minify(value, text);
    *out = new_string(exec, text);
    return false;
  });
}
extern "C" void sp_json_query(ExecState& exec, const JsonQueryContext* context,
                              const StringRef& json, const StringRef& path,
                              StringRef* out) noexcept {
  std::string text;
  query(exec, *context, json, path, [&](const JsonValue& value) {
    text += text.empty() ? "[" : ", ";
    json_minify(value, text);
    return true;
  });
  if (!text.empty()) text += ']';
  *out = new_string(exec, text);
}
extern "C" uint8_t sp_json_exists(ExecState& exec, const JsonQueryContext* context,
                                  const StringRef& json, const StringRef& path) noexcept {
  bool found = false;
  query(exec, *context, json, path, [&](const JsonValue&) {
    found = true;
    return false;
  });
  return found;
}

// --- simpleJSON ---------------------------------------------------------------------------------

namespace {

// The text behind `"name":`, or an empty view.
std::string_view simple_value(const StringRef& json, const StringRef& name) {
  static thread_local std::string needle;
  needle.assign("\"").append(name.view()).append("\":");
  const std::string_view text = json.view();
  const size_t at = find_substring(text, needle);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + needle.size());
}
// Up to the comma or bracket that ends the value.
size_t simple_length(std::string_view text) {
  int depth = 0;
  bool inside = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth-- == 0) return i;
    } else if (c == ',' && depth == 0) {
      return i;
    }
  }
  return text.size();
}
template <class T>
T simple_number(std::string_view text) {
  if (!text.empty() && text[0] == '"') text.remove_prefix(1);
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

extern "C" uint8_t sp_simple_json_has(const StringRef& json, const StringRef& name) noexcept {
  return !simple_value(json, name).empty();
}
extern "C" void sp_simple_json_string(ExecState& exec, const StringRef& json, const StringRef& name,
                                      StringRef* out) noexcept {
  *out = StringRef();
  const std::string_view text = simple_value(json, name);
  if (text.empty() || text[0] != '"') return;
  JsonValue value;
  size_t end = 1;
  while (end < text.size() && text[end] != '"') {
    value.escaped |= text[end] == '\\';
    end += text[end] == '\\' ? 2 : 1;
  }
  if (end >= text.size()) return;
  value.text = text.substr(0, end + 1);
  if (!value.escaped) {
    *out = StringRef(value.inside());
    return;
  }
  if (!json_document(value.text)) return;
  std::string unescaped;
  json_unescape(value, unescaped);
  *out = new_string(exec, unescaped);
}
extern "C" void sp_simple_json_raw(const StringRef& json, const StringRef& name,
                                   StringRef* out) noexcept {
  const std::string_view text = simple_value(json, name);
  *out = StringRef(text.data(), text.empty() ? 0 : simple_length(text));
}
extern "C" int64_t sp_simple_json_int(const StringRef& json, const StringRef& name) noexcept {
  return simple_number<int64_t>(simple_value(json, name));
}
extern "C" uint64_t sp_simple_json_uint(const StringRef& json, const StringRef& name) noexcept {
  return simple_number<uint64_t>(simple_value(json, name));
}
extern "C" double sp_simple_json_float(const StringRef& json, const StringRef& name) noexcept {
  return simple_number<double>(simple_value(json, name));
}
extern "C" uint8_t sp_simple_json_bool(const StringRef& json, const StringRef& name) noexcept {
  return simple_value(json, name).starts_with("true");
}

struct ToJsonContext : FunctionContext {
  explicit ToJsonContext(Type type) : formatter(type) {}
  ValueFormatter formatter;
};
extern "C" void sp_to_json_string(ExecState& exec, const ToJsonContext* context, const void* value,
                                  StringRef* out) noexcept {
  static thread_local std::string buffer;
  buffer.clear();
  context->formatter.write(value, TextStyle::kJson, buffer);
  *out = new_string(exec, buffer);
}

namespace {

Resolver path_query(Type result, const Symbol& symbol) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    SP_TRY(auto resolved, match_form(Form{"ss", result, symbol, false}, arguments));
    auto context = std::make_shared<JsonQueryContext>();
    if (const auto path = arguments[1].constant_text()) {
      context->constant = true;
      if (!parse_path(*path, context->steps)) {
        return fail(ErrorCode::kBadArguments, "Unable to parse JSONPath: " + std::string(*path));
      }
    }
    resolved.context = context;
    return resolved;
  };
}

}  // namespace

SP_FUNCTIONS(json_query) {
  const Type string = string_type();
  const auto add = [&](const char* name, Resolver resolve, const char* doc, const char* example,
                       const char* result, std::vector<const char*> aliases = {}) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("JSON_VALUE", path_query(string, SP_SYMBOL(sp_json_value)),
      "Returns the scalar at the JSONPath `path` in `json`.",
      "SELECT JSON_VALUE('{\"a\":{\"b\":[1,2]}}', '$.a.b[1]')", "2");
  add("JSON_QUERY", path_query(string, SP_SYMBOL(sp_json_query)),
      "Returns the values at the JSONPath `path` in `json`, in an array.",
      "SELECT JSON_QUERY('{\"a\":[1,2]}', '$.a[*]')", "[1, 2]");
  add("JSON_EXISTS", path_query(uint8_type(), SP_SYMBOL(sp_json_exists)),
      "Returns 1 if `json` has a value at the JSONPath `path`.",
      "SELECT JSON_EXISTS('{\"a\":1}', '$.a')", "1");
  add("simpleJSONHas", signature("ss", uint8_type(), SP_SYMBOL(sp_simple_json_has)),
      "Returns 1 if `json` has a field `name` anywhere.", "SELECT simpleJSONHas('{\"a\":1}', 'a')",
      "1", {"visitParamHas"});
  add("simpleJSONExtractString", signature("ss", string, SP_SYMBOL(sp_simple_json_string)),
      "Returns the string of the first field `name` in `json`, without checking the text.",
      "SELECT simpleJSONExtractString('{\"a\":\"x\"}', 'a')", "x", {"visitParamExtractString"});
  add("simpleJSONExtractRaw", signature("ss", string, SP_SYMBOL(sp_simple_json_raw)),
      "Returns the text of the first field `name` in `json`.",
      "SELECT simpleJSONExtractRaw('{\"a\":{\"b\":1}}', 'a')", "{\"b\":1}",
      {"visitParamExtractRaw"});
  add("simpleJSONExtractInt", signature("ss", int64_type(), SP_SYMBOL(sp_simple_json_int)),
      "Returns the Int64 of the first field `name` in `json`.",
      "SELECT simpleJSONExtractInt('{\"a\":-5}', 'a')", "-5", {"visitParamExtractInt"});
  add("simpleJSONExtractUInt", signature("ss", uint64_type(), SP_SYMBOL(sp_simple_json_uint)),
      "Returns the UInt64 of the first field `name` in `json`.",
      "SELECT simpleJSONExtractUInt('{\"a\":5}', 'a')", "5", {"visitParamExtractUInt"});
  add("simpleJSONExtractFloat", signature("ss", float64_type(), SP_SYMBOL(sp_simple_json_float)),
      "Returns the number of the first field `name` in `json`.",
      "SELECT simpleJSONExtractFloat('{\"a\":1.5}', 'a')", "1.5", {"visitParamExtractFloat"});
  add("simpleJSONExtractBool", signature("ss", uint8_type(), SP_SYMBOL(sp_simple_json_bool)),
      "Returns 1 if the first field `name` in `json` is true.",
      "SELECT simpleJSONExtractBool('{\"a\":true}', 'a')", "1", {"visitParamExtractBool"});
  rows.push_back({.name = "toJSONString",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = [](std::span<const Argument> arguments,
                                const ResolveOptions&) -> Result<ResolvedFunction> {
                    return call(string_type(), SP_SYMBOL(sp_to_json_string), {arguments[0].type},
                                std::make_shared<ToJsonContext>(arguments[0].type));
                  },
                  .doc = "Returns `x` as JSON text.",
                  .example = "SELECT toJSONString(map('a', 1))",
                  .example_result = "{\"a\":1}"});
}

}  // namespace sp
