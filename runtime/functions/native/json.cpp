// JSONExtract..., JSONHas, JSONLength, JSONType, JSONKey, isValidJSON: values at a path of keys and
// indexes. The body gets a tuple: the JSON text, then the path. Invalid JSON and missing paths give
// the default value, never an error.

#include "runtime/core/slot.h"
#include "runtime/functions/function.h"
#include "runtime/functions/native/json_slot.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/json_scan.h"

namespace sp {

struct JsonPathContext : FunctionContext {
  struct Step {
    uint32_t offset;  // in the tuple
    bool is_key;      // a String, else an Int64 index
  };
  std::vector<Step> steps;
  bool any_case = false;
  std::unique_ptr<const JsonSlotReader> reader;  // JSONExtract with a type
};

namespace {

std::optional<JsonValue> step_into(const JsonPathContext& context,
                                   const JsonPathContext::Step& step, const char* row,
                                   const JsonValue& from, JsonValue* key) noexcept {
  if (step.is_key) {
    if (key != nullptr) *key = JsonValue();
    return json_member(from, reinterpret_cast<const StringRef*>(row + step.offset)->view(),
                       context.any_case);
  }
  return json_element(from, *reinterpret_cast<const int64_t*>(row + step.offset), key);
}

// The value at the path; `key` receives the key of the last step if that was an index into an
// object.
std::optional<JsonValue> locate(const JsonPathContext& context, const void* tuple,
                                JsonValue* key = nullptr) noexcept {
  const auto* row = static_cast<const char*>(tuple);
  const std::string_view json = reinterpret_cast<const StringRef*>(row)->view();
  const auto& steps = context.steps;
  std::optional<JsonValue> value;
  size_t next = 0;
  if (!steps.empty() && steps[0].is_key && !context.any_case) {
    bool valid;
    value = json_member_of_document(
        json, reinterpret_cast<const StringRef*>(row + steps[0].offset)->view(), &valid);
    next = 1;
  } else {
    value = json_document(json);
  }
  for (; value && next < steps.size(); ++next)
    value = step_into(context, steps[next], row, *value, key);
  return value;
}

// A string without escapes refers into the document.
StringRef text_of(ExecState& exec, const JsonValue& value) noexcept {
  if (!value.escaped) return StringRef(value.inside());
  static thread_local std::string buffer;
  buffer.clear();
  json_unescape(value, buffer);
  return new_string(exec, buffer);
}
StringRef raw_of(ExecState& exec, const JsonValue& value) noexcept {
  static thread_local std::string buffer;
  buffer.clear();
  json_minify(value, buffer);
  return new_string(exec, buffer);
}

}  // namespace

extern "C" void sp_json_string(ExecState& exec, const JsonPathContext* context, const void* tuple,
                               StringRef* out) noexcept {
  *out = StringRef();
  const auto value = locate(*context, tuple);
  if (!value || value->kind == JsonKind::kNull) return;
  *out = value->kind == JsonKind::kString ? text_of(exec, *value) : raw_of(exec, *value);
}
extern "C" void sp_json_raw(ExecState& exec, const JsonPathContext* context, const void* tuple,
                            StringRef* out) noexcept {
  const auto value = locate(*context, tuple);
  *out = value ? raw_of(exec, *value) : StringRef();
}
extern "C" int64_t sp_json_int(const JsonPathContext* context, const void* tuple) noexcept {
  const auto value = locate(*context, tuple);
  return value ? json_int64(*value).value_or(0) : 0;
}
extern "C" uint64_t sp_json_uint(const JsonPathContext* context, const void* tuple) noexcept {
  const auto value = locate(*context, tuple);
  return value ? json_uint64(*value).value_or(0) : 0;
}
extern "C" double sp_json_float(const JsonPathContext* context, const void* tuple) noexcept {
  const auto value = locate(*context, tuple);
  return value ? json_double(*value).value_or(0) : 0;
}
extern "C" uint8_t sp_json_bool(const JsonPathContext* context, const void* tuple) noexcept {
  const auto value = locate(*context, tuple);
  if (!value) return 0;
  if (value->kind == JsonKind::kBool) return value->is_true();
  if (value->kind != JsonKind::kInteger && value->kind != JsonKind::kDouble) return 0;
  return json_double(*value).value_or(0) != 0;
}
extern "C" uint8_t sp_json_has(const JsonPathContext* context, const void* tuple) noexcept {
  return locate(*context, tuple).has_value();
}
extern "C" uint64_t sp_json_length(const JsonPathContext* context, const void* tuple) noexcept {
  const auto value = locate(*context, tuple);
  return value ? json_length(*value) : 0;
}
extern "C" int8_t sp_json_type(const JsonPathContext* context, const void* tuple) noexcept {
  const auto value = locate(*context, tuple);
  if (!value) return 0;
  switch (value->kind) {
    case JsonKind::kNull: return 0;
    case JsonKind::kBool: return 'b';
    case JsonKind::kInteger: return json_int64(*value) ? 'i' : 'u';
    case JsonKind::kDouble: return 'd';
    case JsonKind::kString: return '"';
    case JsonKind::kArray: return '[';
    case JsonKind::kObject: return '{';
  }
  return 0;
}
extern "C" void sp_json_key(ExecState& exec, const JsonPathContext* context, const void* tuple,
                            StringRef* out) noexcept {
  *out = StringRef();
  JsonValue key;
  if (locate(*context, tuple, &key) && !key.text.empty()) *out = text_of(exec, key);
}
extern "C" void sp_json_array_raw(ExecState& exec, const JsonPathContext* context,
                                  const void* tuple, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  const auto value = locate(*context, tuple);
  if (!value || value->kind != JsonKind::kArray) return;
  StringArrayBuilder builder(exec);
  for (JsonIterator items(*value); items.next();) builder.add(raw_of(exec, items.value()));
  *out = builder.finish();
}
extern "C" void sp_json_keys(ExecState& exec, const JsonPathContext* context, const void* tuple,
                             ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  const auto value = locate(*context, tuple);
  if (!value || value->kind != JsonKind::kObject) return;
  StringArrayBuilder builder(exec);
  for (JsonIterator items(*value); items.next();) builder.add(text_of(exec, items.key()));
  *out = builder.finish();
}
// Pairs of strings lie like an array of strings of twice the size.
extern "C" void sp_json_pairs_raw(ExecState& exec, const JsonPathContext* context,
                                  const void* tuple, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  const auto value = locate(*context, tuple);
  if (!value || value->kind != JsonKind::kObject) return;
  StringArrayBuilder builder(exec);
  for (JsonIterator items(*value); items.next();) {
    builder.add(text_of(exec, items.key()));
    builder.add(raw_of(exec, items.value()));
  }
  *out = {builder.finish().data, builder.size() / 2};
}
extern "C" void sp_json_extract(ExecState& exec, const JsonPathContext* context, const void* tuple,
                                void* out) noexcept {
  const auto value = locate(*context, tuple);
  if (!value || !context->reader->read(*value, out, exec.scratch))
    context->reader->write_default(out, exec.scratch);
}
// The reader's type is Tuple(String, T): one entry per member whose value can be read.
extern "C" void sp_json_pairs(ExecState& exec, const JsonPathContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  const auto value = locate(*context, tuple);
  if (!value || value->kind != JsonKind::kObject) return;
  const RowLayout layout = row_layout({string_type(), context->reader->type()});
  const uint32_t stride = slot_layout(Type::tuple({string_type(), context->reader->type()})).size;
  char* items = static_cast<char*>(exec.scratch.allocate(json_length(*value) * stride, 16));
  uint64_t count = 0;
  for (JsonIterator members(*value); members.next();) {
    char* entry = items + count * stride;
    std::memset(entry, 0, stride);
    if (!context->reader->read(members.value(), entry + layout.offsets[1], exec.scratch)) continue;
    *reinterpret_cast<StringRef*>(entry) = text_of(exec, members.key());
    ++count;
  }
  *out = {items, count};
}
extern "C" uint8_t sp_is_valid_json(const StringRef& text) noexcept {
  return json_document(text.view()).has_value();
}
extern "C" void sp_json_array_length(const StringRef& text, Nullable<uint64_t>* out) noexcept {
  const auto value = json_document(text.view());
  out->is_null = !value || value->kind != JsonKind::kArray;
  out->value = out->is_null ? 0 : json_length(*value);
}

namespace {

// Casts the path and fills the context; `count` arguments belong to the text and its path.
Result<std::vector<Type>> path_casts(std::span<const Argument> arguments,
                                     JsonPathContext& context) {
  if (!arguments[0].type.is_string_like())
    return illegal_argument(arguments, 0, "String with JSON");
  std::vector<Type> casts = {string_type()};
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Type type = arguments[i].type;
    if (!type.is_string_like() && !type.is_integer())
      return illegal_argument(arguments, i, "a key or an index");
    casts.push_back(type.is_string_like() ? string_type() : int64_type());
  }
  const RowLayout layout = row_layout(casts);
  for (size_t i = 1; i < casts.size(); ++i) {
    context.steps.push_back({layout.offsets[i], casts[i].is(TypeKind::kString)});
  }
  return casts;
}

Resolver at_path(Type result, const Symbol& symbol, bool any_case) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        auto context = std::make_shared<JsonPathContext>();
        context->any_case = any_case;
        SP_TRY(auto casts, path_casts(arguments, *context));
        return packed_call(result, symbol, std::move(casts), context);
      };
}

// JSONExtract(json, path..., type) and JSONExtractKeysAndValues: the last argument names the type.
Resolver typed(const Symbol& symbol, bool pairs, bool any_case) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const auto name = arguments.back().constant_text();
        if (!name) {
          return fail(ErrorCode::kIllegalColumn,
                      "The last argument must be a constant string specifying the data type");
        }
        SP_TRY(const Type type, parse_type(*name));
        auto context = std::make_shared<JsonPathContext>();
        context->any_case = any_case;
        SP_TRY(auto casts, path_casts(arguments.first(arguments.size() - 1), *context));
        casts.push_back(string_type());
        SP_TRY(context->reader, JsonSlotReader::make(type));
        const Type result = pairs ? Type::array(Type::tuple({string_type(), type})) : type;
        return packed_call(result, symbol, std::move(casts), context);
      };
}

Type json_type_enum() {
  return Type::enumeration(TypeKind::kEnum8, {{"Null", 0},
                                              {"String", '"'},
                                              {"Array", '['},
                                              {"Bool", 'b'},
                                              {"Double", 'd'},
                                              {"Int64", 'i'},
                                              {"UInt64", 'u'},
                                              {"Object", '{'}});
}

}  // namespace

SP_FUNCTIONS(json) {
  const Type string = string_type(), strings = string_array_type();
  const Type pairs = Type::array(Type::tuple({string, string}));
  const auto add = [&](const char* name, uint8_t least, Resolver resolve, const char* doc,
                       const char* example, const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = least,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
#define SP_ADD_JSON(name, result, symbol, doc, arguments, expected)                              \
  add(name, 1, at_path(result, SP_SYMBOL(symbol), false), doc, "SELECT " name "(" arguments ")", \
      expected);                                                                                 \
  add(name "CaseInsensitive", 1, at_path(result, SP_SYMBOL(symbol), true),                       \
      doc " Keys match in any case.", "SELECT " name "CaseInsensitive(" arguments ")", expected)
  SP_ADD_JSON("JSONExtractString", string, sp_json_string,
              "Returns the string at the path in `json`.", "'{\"a\":\"x\"}', 'a'", "x");
  SP_ADD_JSON("JSONExtractRaw", string, sp_json_raw, "Returns the JSON text at the path in `json`.",
              "'{\"a\": [1, 2]}', 'a'", "[1,2]");
  SP_ADD_JSON("JSONExtractInt", int64_type(), sp_json_int,
              "Returns the Int64 at the path in `json`.", "'{\"a\":-5}', 'a'", "-5");
  SP_ADD_JSON("JSONExtractUInt", uint64_type(), sp_json_uint,
              "Returns the UInt64 at the path in `json`.", "'{\"a\":5}', 'a'", "5");
  SP_ADD_JSON("JSONExtractFloat", float64_type(), sp_json_float,
              "Returns the number at the path in `json`.", "'{\"a\":1.5}', 'a'", "1.5");
  SP_ADD_JSON("JSONExtractBool", uint8_type(), sp_json_bool,
              "Returns 1 if the value at the path in `json` is true.", "'{\"a\":true}', 'a'", "1");
  SP_ADD_JSON("JSONExtractArrayRaw", strings, sp_json_array_raw,
              "Returns the elements of the array at the path, as JSON texts.",
              "'{\"a\":[1,\"x\"]}', 'a'", "['1','\"x\"']");
  SP_ADD_JSON("JSONExtractKeys", strings, sp_json_keys,
              "Returns the keys of the object at the path in `json`.", "'{\"a\":1,\"b\":2}'",
              "['a','b']");
  SP_ADD_JSON("JSONExtractKeysAndValuesRaw", pairs, sp_json_pairs_raw,
              "Returns keys and JSON texts of the object at the path.", "'{\"a\":1}'",
              "[('a','1')]");
#undef SP_ADD_JSON
  add("JSONHas", 1, at_path(uint8_type(), SP_SYMBOL(sp_json_has), false),
      "Returns 1 if `json` has a value at the path.", "SELECT JSONHas('{\"a\":[1]}', 'a', 1)", "1");
  add("JSONLength", 1, at_path(uint64_type(), SP_SYMBOL(sp_json_length), false),
      "Returns the number of elements or members at the path.",
      "SELECT JSONLength('{\"a\":[1,2]}', 'a')", "2");
  add("JSONType", 1, at_path(json_type_enum(), SP_SYMBOL(sp_json_type), false),
      "Returns the type of the value at the path.", "SELECT JSONType('{\"a\":1.5}', 'a')",
      "Double");
  add("JSONKey", 2, at_path(string, SP_SYMBOL(sp_json_key), false),
      "Returns the key of the member at the index.", "SELECT JSONKey('{\"a\":1,\"b\":2}', 2)", "b");
  // The type is the last argument, wherever that stands: constants are to be known.
  constexpr uint32_t kConstantsAreKnown = 0xFFFEU << 16;
  const auto add_typed = [&](const char* name, Resolver resolve, const char* doc,
                             const char* example, const char* result) {
    add(name, 2, std::move(resolve), doc, example, result);
    rows.back().constant_arguments = kConstantsAreKnown;
  };
  add_typed("JSONExtract", typed(SP_SYMBOL(sp_json_extract), false, false),
            "Returns the value at the path as `type`.",
            "SELECT JSONExtract('{\"a\":[1,2]}', 'a', 'Array(UInt8)')", "[1,2]");
  add_typed("JSONExtractCaseInsensitive", typed(SP_SYMBOL(sp_json_extract), false, true),
            "Returns the value at the path as `type`; keys match in any case.",
            "SELECT JSONExtractCaseInsensitive('{\"A\":1}', 'a', 'Int8')", "1");
  add_typed("JSONExtractKeysAndValues", typed(SP_SYMBOL(sp_json_pairs), true, false),
            "Returns keys and values of the object at the path, values as `type`.",
            "SELECT JSONExtractKeysAndValues('{\"a\":1,\"b\":2}', 'Int8')", "[('a',1),('b',2)]");
  add_typed(
      "JSONExtractKeysAndValuesCaseInsensitive", typed(SP_SYMBOL(sp_json_pairs), true, true),
      "Returns keys and values of the object at the path, values as `type`; keys match in any "
      "case.",
      "SELECT JSONExtractKeysAndValuesCaseInsensitive('{\"A\":{\"b\":1}}', 'a', 'Int8')",
      "[('b',1)]");
  rows.push_back({.name = "isValidJSON",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = signature("s", uint8_type(), SP_SYMBOL(sp_is_valid_json)),
                  .doc = "Returns 1 if `json` is valid JSON.",
                  .example = "SELECT isValidJSON('{\"a\":1}')",
                  .example_result = "1"});
  rows.push_back(
      {.name = "JSONArrayLength",
       .aliases = {"JSON_ARRAY_LENGTH"},
       .case_insensitive = true,
       .min_arguments = 1,
       .max_arguments = 1,
       .resolve = signature("s", Type::nullable(uint64_type()), SP_SYMBOL(sp_json_array_length)),
       .doc = "Returns the number of elements of the outermost array, NULL if `json` is none.",
       .example = "SELECT JSONArrayLength('[1,2]')",
       .example_result = "2"});
}

}  // namespace sp
