// A .datasource file to a table schema: sorting and partition keys are read from their SQL
// expressions.

#include <algorithm>
#include <cctype>

#include "lang/sql/parse.h"
#include "server/workspace/project.h"
#include "server/workspace/quarantine.h"

namespace sp {
namespace {

// Index of a column named by a plain identifier expression; -1 otherwise.
int32_t column_index(const TableSchema& schema, const sql::Expr& expr) {
  if (expr.kind != sql::ExprKind::kIdentifier || expr.parts.size() != 1) return -1;
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    if (schema.columns[i].name == expr.parts[0]) return static_cast<int32_t>(i);
  }
  return -1;
}

std::string known_columns_hint(const TableSchema& schema, const std::string& name) {
  std::vector<std::string_view> names;
  std::string listed;
  for (const TableColumn& column : schema.columns) {
    names.push_back(column.name);
    if (names.size() <= 10) listed += (listed.empty() ? "" : ", ") + column.name;
  }
  const std::string near = did_you_mean(name, names);
  return near.empty() ? "columns: " + listed + (names.size() > 10 ? ", ..." : "") : near;
}

// Reports identifiers below `expr` that are no columns.
void check_columns(const TableSchema& schema, const sql::Expr& expr, const Directive& directive,
                   std::vector<Error>& errors) {
  if (expr.kind == sql::ExprKind::kIdentifier && column_index(schema, expr) < 0) {
    const std::string& name = expr.parts.back();
    const uint32_t begin = directive.value_span.begin;
    errors.push_back(fail(
        ErrorCode::kUnknownIdentifier, directive.name + " names an unknown column: " + name,
        Span{begin + expr.span.begin, begin + expr.span.end}, known_columns_hint(schema, name)));
  }
  for (const auto& arg : expr.args) check_columns(schema, *arg, directive, errors);
}

// An error in a directive's value, led to its place in the file.
Error in_directive(Error error, const Directive& directive) {
  const uint32_t begin = directive.value_span.begin;
  const bool one_line =
      directive.value.size() == directive.value_span.end - begin;  // a block was dedented
  error.span = error.span && one_line ? Span{begin + error.span->begin, begin + error.span->end}
                                      : directive.value_span;
  error.message = directive.name + ": " + error.message;
  return error;
}

// Options that are not acted on yet must make sense all the same.
void check_expressions(const Directive& directive, const TableSchema& schema,
                       std::vector<Error>& errors) {
  auto keys = sql::parse_expression_list(directive.value);
  if (!keys.ok()) {
    errors.push_back(in_directive(std::move(keys).error(), directive));
    return;
  }
  for (const auto& key : *keys) check_columns(schema, *key, directive, errors);
}

// ENGINE_TTL: expressions, each perhaps with what happens to old rows (DELETE, TO VOLUME, WHERE,
// ...).
void check_ttl(const Directive& directive, const TableSchema& schema, std::vector<Error>& errors) {
  std::string upper = directive.value;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  size_t end = directive.value.size();
  for (const std::string_view word :
       {" DELETE", " TO ", " WHERE ", " GROUP BY ", " RECOMPRESS ", " SET "})
    end = std::min(end, upper.find(word));
  auto rules = sql::parse_expression_list(directive.value.substr(0, end));
  if (!rules.ok()) {
    errors.push_back(in_directive(std::move(rules).error(), directive));
    return;
  }
  for (const auto& rule : *rules) check_columns(schema, *rule, directive, errors);
}

void read_sorting_key(const Directive& directive, TableSchema& schema, std::vector<Error>& errors) {
  auto keys = sql::parse_expression_list(directive.value);
  if (!keys.ok()) {
    errors.push_back(in_directive(std::move(keys).error(), directive));
    return;
  }
  bool plain = true;
  for (const auto& key : *keys) {
    check_columns(schema, *key, directive, errors);
    const int32_t index = column_index(schema, *key);
    plain = plain && index >= 0;
    if (plain) schema.sorting_key.push_back(static_cast<uint32_t>(index));
  }
  schema.whole_sorting_key = plain;
}

void read_partition_key(const Directive& directive, TableSchema& schema,
                        std::vector<Error>& errors) {
  auto parsed = sql::parse_expression(directive.value);
  if (!parsed.ok()) {
    errors.push_back(in_directive(std::move(parsed).error(), directive));
    return;
  }
  const sql::Expr& key = **parsed;
  check_columns(schema, key, directive, errors);
  const sql::Expr* argument =
      key.kind == sql::ExprKind::kFunction && key.args.size() == 1 ? key.args[0].get() : &key;
  const int32_t index = column_index(schema, *argument);
  if (index < 0)
    return;  // tuple(), substring(...): one partition; order and pruning come from the sorting key
  const Type type = schema.columns[static_cast<size_t>(index)].type.base();
  const auto set = [&](TableSchema::Partition partition) {
    schema.partition = partition;
    schema.partition_column = static_cast<uint32_t>(index);
    if (type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64))
      schema.partition_timezone = type.timezone();
  };
  if (argument == &key) {
    if (type.is_integer() || type.is(TypeKind::kDate)) set(TableSchema::Partition::kValue);
  } else if (type.is_date_like()) {
    if (key.name == "toYYYYMM" || key.name == "toStartOfMonth") set(TableSchema::Partition::kMonth);
    if (key.name == "toYear" || key.name == "toStartOfYear") set(TableSchema::Partition::kYear);
    if (key.name == "toDate" || key.name == "toYYYYMMDD" || key.name == "toStartOfDay")
      set(TableSchema::Partition::kDay);
  }
}

TableSchema::Engine engine_of(const std::string& name) {
  using Engine = TableSchema::Engine;
  if (name == "ReplacingMergeTree") return Engine::kReplacing;
  if (name == "AggregatingMergeTree") return Engine::kAggregating;
  if (name == "SummingMergeTree") return Engine::kSumming;
  if (name == "CollapsingMergeTree") return Engine::kCollapsing;
  if (name == "VersionedCollapsingMergeTree") return Engine::kVersionedCollapsing;
  if (name == "Null") return Engine::kNull;
  return Engine::kPlain;
}

// Finds the column that a directive of the engine names; -1 if there is none.
int32_t named_column(const Directive& directive, std::string_view name, const TableSchema& schema,
                     std::vector<Error>& errors) {
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    if (schema.columns[i].name == name) return static_cast<int32_t>(i);
  }
  errors.push_back(fail(ErrorCode::kUnknownIdentifier,
                        directive.name + " names an unknown column: " + std::string(name),
                        directive.value_span, known_columns_hint(schema, std::string(name))));
  return -1;
}

void read_engine_columns(const DataSourceFile& definition, TableSchema& schema,
                         std::vector<Error>& errors) {
  const auto column = [&](const std::optional<Directive>& directive) {
    return directive ? named_column(*directive, directive->value, schema, errors) : -1;
  };
  schema.version_column = column(definition.version_column);
  schema.deleted_column = column(definition.is_deleted);
  schema.sign_column = column(definition.sign);
  if (!definition.summing_columns) return;
  std::string_view names = definition.summing_columns->value;
  while (!names.empty()) {
    const size_t comma = std::min(names.find(','), names.size());
    std::string_view name = names.substr(0, comma);
    names.remove_prefix(std::min(comma + 1, names.size()));
    const auto is_edge = [](char c) { return c == ' ' || c == '(' || c == ')' || c == '`'; };
    while (!name.empty() && is_edge(name.front())) name.remove_prefix(1);
    while (!name.empty() && is_edge(name.back())) name.remove_suffix(1);
    if (name.empty()) continue;
    for (uint32_t i = 0; i < schema.columns.size(); ++i) {  // unknown names have been reported
      if (schema.columns[i].name == name) schema.summed_columns.push_back(i);
    }
  }
}

// A Kafka connector gives every row these columns beside those of SCHEMA; keys and queries may name
// them.
void add_connector_columns(const DataSourceFile& file, TableSchema& schema) {
  const bool kafka = std::any_of(file.other.begin(), file.other.end(),
                                 [](const Directive& one) { return one.name == "KAFKA_TOPIC"; });
  if (!kafka) return;
  const Type text = Type::of(TypeKind::kString);
  const std::pair<const char*, Type> columns[] = {{"__value", text},
                                                  {"__topic", Type::low_cardinality(text)},
                                                  {"__partition", Type::of(TypeKind::kInt16)},
                                                  {"__offset", Type::of(TypeKind::kInt64)},
                                                  {"__timestamp", Type::datetime()},
                                                  {"__key", text}};
  for (const auto& [name, type] : columns) {
    const auto same = [name = std::string_view(name)](const TableColumn& column) {
      return column.name == name;
    };
    if (std::none_of(schema.columns.begin(), schema.columns.end(), same))
      schema.columns.push_back({name, type});
  }
}

// Bad rows keep whatever text arrived in each column, with what was wrong about it.
TableSchema quarantine_of(const TableSchema& schema) {
  TableSchema quarantine;
  quarantine.name = quarantine_name(schema.name);
  const Type text = Type::of(TypeKind::kString);
  for (const TableColumn& column : schema.columns)
    quarantine.columns.push_back({column.name, Type::nullable(text)});
  quarantine.columns.push_back({"c__error_column", Type::array(text)});
  quarantine.columns.push_back({"c__error", Type::array(text)});
  quarantine.columns.push_back({"c__import_id", Type::nullable(text)});
  quarantine.columns.push_back({"insertion_date", Type::datetime()});
  quarantine.sorting_key = {static_cast<uint32_t>(quarantine.columns.size() - 1)};
  return quarantine;
}

}  // namespace

std::shared_ptr<const DataSource> load_datasource(const std::string& name, const std::string& file,
                                                  std::string text, std::vector<Problem>& problems,
                                                  const IncludeReader& includes) {
  DataSourceResult parsed = parse_datasource(name, file, std::move(text), includes);
  for (Error& error : parsed.errors)
    problems.push_back({Problem::Severity::kError, std::move(error), file});
  if (!parsed.file) return nullptr;
  auto datasource = std::make_shared<DataSource>();
  datasource->file = std::move(*parsed.file);
  const DataSourceFile& definition = datasource->file;
  add_warnings(definition.warnings, *definition.source, problems);
  TableSchema& schema = datasource->schema;
  schema.name = name;
  for (const ColumnDefinition& column : definition.columns)
    schema.columns.push_back({column.name, column.type});
  add_connector_columns(definition, schema);
  schema.engine = engine_of(definition.engine);
  std::vector<Error> errors;
  if (definition.sorting_key) read_sorting_key(*definition.sorting_key, schema, errors);
  // A Join engine is a table sorted by its keys: joinGet() finds them so.
  for (const Directive& directive : definition.other) {
    if (directive.name == "ENGINE_KEY_COLUMNS" && schema.sorting_key.empty())
      read_sorting_key(directive, schema, errors);
  }
  if (definition.sampling_key) schema.sampling_key = definition.sampling_key->value;
  if (definition.partition_key) read_partition_key(*definition.partition_key, schema, errors);
  for (const std::optional<Directive>* option :
       {&definition.primary_key, &definition.sampling_key, &definition.summing_columns}) {
    if (*option) check_expressions(**option, schema, errors);
  }
  if (definition.ttl) {
    std::vector<Error> mistakes;  // harmless: nothing expires
    check_ttl(*definition.ttl, schema, mistakes);
    for (Error& mistake : mistakes)
      problems.push_back(
          {Problem::Severity::kWarning, definition.source->attach(std::move(mistake)), file});
    const Warning kept{"Kept, but rows do not expire here: ENGINE_TTL", definition.ttl->name_span,
                       "limit what is read with WHERE"};
    add_warnings({kept}, *definition.source, problems);
  }
  read_engine_columns(definition, schema, errors);
  datasource->quarantine = quarantine_of(schema);
  for (Error& error : errors)
    problems.push_back(
        {Problem::Severity::kError, definition.source->attach(std::move(error)), file});
  return errors.empty() && parsed.errors.empty() ? datasource : nullptr;
}

}  // namespace sp
