// formatRow, formatRowNoNewline: a row of values as text in an output format. The packed arguments
// are a row of a result table of one row, which the format's writer writes.

#include "runtime/formats/result_writer.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct FormatRowContext : FunctionContext {
  const ResultFormat* format = nullptr;
  ResultTable columns;  // names and types; no rows
  bool newline = true;
};

extern "C" void sp_format_row(ExecState& exec, const FormatRowContext* context, const void* tuple,
                              StringRef* out) noexcept {
  ResultOptions options;
  options.write_statistics = false;
  const std::unique_ptr<ResultWriter> writer = context->format->create(context->columns, options);
  std::string text;
  writer->begin(text);
  writer->write_row(static_cast<const uint8_t*>(tuple), text);
  writer->finish({}, text);
  if (!context->newline && text.ends_with('\n')) text.pop_back();
  *out = new_string(exec, text);
}

namespace {

// Formats that need more than one row at a time.
bool writes_rows(const ResultFormat& format) {
  const std::string_view name = format.name;
  return !name.starts_with("Pretty") && !name.starts_with("JSONColumns") &&
         !name.starts_with("JSONCompactColumns") && name != "Null" && name != "Prometheus";
}

Resolver format_row(bool newline) {
  return [newline](std::span<const Argument> arguments,
                   const ResolveOptions&) -> Result<ResolvedFunction> {
    if (arguments.size() < 2) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  "formatRow requires at least two arguments: the format name and its output "
                  "expressions");
    }
    const auto name = arguments[0].constant_text();
    if (!name || !arguments[0].type.is(TypeKind::kString))
      return illegal_argument(arguments, 0, "constant String with the name of a format");
    auto context = std::make_shared<FormatRowContext>();
    context->format = find_result_format(*name);
    context->newline = newline;
    if (context->format == nullptr) return unknown_result_format(*name);
    if (!writes_rows(*context->format)) {
      return fail(ErrorCode::kBadArguments, "Cannot turn rows into a " + std::string(*name) +
                                                " format strings. formatRow function supports "
                                                "only row output formats");
    }
    ResultTable& table = context->columns;
    for (const Argument& argument : arguments.subspan(1)) {
      table.names.emplace_back(argument.name);
      table.types.push_back(argument.type);
    }
    // The values stand behind the format's name.
    std::vector<Type> types = argument_types(arguments);
    table.layout = row_layout(types);
    table.layout.offsets.erase(table.layout.offsets.begin());
    table.rows = 1;
    return packed_call(restore_low_cardinality(string_type(), arguments), SP_SYMBOL(sp_format_row),
                       std::move(types), context);
  };
}

}  // namespace

SP_FUNCTIONS(format_row) {
  const auto add = [&](const char* name, bool newline, const char* doc, const char* example,
                       const char* result) {
    rows.push_back({.name = name,
                    .nulls = NullPolicy::kSeesNulls,
                    .constant_arguments = 1U << 16,
                    .resolve = format_row(newline),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("formatRow", true, "Writes values as a row of an output `format`, with its newline.",
      "SELECT formatRow('CSV', 1, 'good')", "1,\"good\"\\n");
  add("formatRowNoNewline", false,
      "Writes values as a row of an output `format`, without a newline at its end.",
      "SELECT formatRowNoNewline('JSONEachRow', 1 AS a, 'x' AS b)", "{\"a\":1,\"b\":\"x\"}");
}

}  // namespace sp
