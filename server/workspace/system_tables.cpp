// One function a table. Parts of the quarantine tables show like any other's.

#include "server/workspace/system_tables.h"

#include <array>
#include <set>

#include "lang/sql/parse.h"
#include "runtime/aggregates/aggregate.h"
#include "runtime/functions/formula.h"
#include "runtime/functions/function.h"
#include "runtime/storage/part_builder.h"

namespace sp {
namespace {

constexpr const char* kDatabase = "default";

// A table of rows to be filled in the order of its columns.
class Rows {
 public:
  explicit Rows(std::shared_ptr<const TableSchema> schema) : batch_(std::move(schema)) {}

  Rows& text(std::string_view value) {
    const StringRef copy = batch_.arena().copy(value);
    return append(&copy);
  }
  Rows& texts(const std::set<std::string>& values) {
    auto* items = batch_.arena().allocate_array<StringRef>(std::max<size_t>(1, values.size()));
    size_t count = 0;
    for (const std::string& value : values) items[count++] = batch_.arena().copy(value);
    const ArrayRef array{items, count};
    return append(&array);
  }
  Rows& number(uint64_t value) { return append(&value); }
  Rows& flag(bool value) {
    const auto byte = static_cast<uint8_t>(value);
    return append(&byte);
  }
  const RowBatch& batch() const { return batch_; }

 private:
  Rows& append(const void* slot) {
    batch_.column(next_).append(slot);
    next_ = (next_ + 1) % batch_.column_count();
    return *this;
  }
  RowBatch batch_;
  size_t next_ = 0;
};

using Fill = void (*)(const Store&, const Project&, Rows&);

std::string engine_name(TableSchema::Engine engine) {
  switch (engine) {
    case TableSchema::Engine::kPlain: return "MergeTree";
    case TableSchema::Engine::kReplacing: return "ReplacingMergeTree";
    case TableSchema::Engine::kAggregating: return "AggregatingMergeTree";
    case TableSchema::Engine::kSumming: return "SummingMergeTree";
    case TableSchema::Engine::kCollapsing: return "CollapsingMergeTree";
    case TableSchema::Engine::kVersionedCollapsing: return "VersionedCollapsingMergeTree";
    case TableSchema::Engine::kNull: return "Null";
  }
  return "";
}

std::string key_of(const TableSchema& schema) {
  std::string out;
  for (const uint32_t column : schema.sorting_key)
    out += (out.empty() ? "" : ", ") + schema.columns[column].name;
  return out;
}

std::string partition_key_of(const TableSchema& schema) {
  if (schema.partition == TableSchema::Partition::kNone) return "";
  const std::string& name = schema.columns[schema.partition_column].name;
  switch (schema.partition) {
    case TableSchema::Partition::kMonth: return "toYYYYMM(" + name + ")";
    case TableSchema::Partition::kDay: return "toDate(" + name + ")";
    case TableSchema::Partition::kYear: return "toYear(" + name + ")";
    default: return name;
  }
}

std::string encoding_name(const ColumnView& view) {
  static constexpr std::array<const char*, 9> kWidths = {"0", "8", "16", "",  "32",
                                                         "",  "",  "",   "64"};
  switch (view.encoding) {
    case Encoding::kFixed:
      return view.stride == 0 ? "constant" : std::string("fixed") + kWidths[view.stride];
    case Encoding::kDictionary: return std::string("dictionary") + kWidths[view.stride];
    case Encoding::kString: return "plain";
    case Encoding::kSerialized: return "serialized";
    case Encoding::kWide: return "wide";
  }
  return "";
}

void fill_parts(const Store& store, const Project&, Rows& rows) {
  for (const auto& schema : store.tables()) {
    const auto snapshot = store.snapshot(schema->name);
    if (!snapshot) continue;
    for (const auto& part : snapshot->parts) {
      rows.text(schema->partition == TableSchema::Partition::kNone
                    ? "tuple()"
                    : std::to_string(part->partition()));
      rows.text("part-" + std::to_string(part->id()))
          .text(part->in_memory() ? "InMemory" : "Compact")
          .flag(true);
      uint64_t bytes = 0;
      for (uint32_t column = 0; column < schema->columns.size(); ++column)
        bytes += part->column_bytes(column) + part->filter_bytes(column);
      rows.number(part->segments().size()).number(part->rows()).number(part->in_memory() ? 0 : 1);
      rows.number(part->bytes_on_disk()).number(bytes).number(part->segments().size());
      rows.text(kDatabase).text(schema->name).text(engine_name(schema->engine));
    }
  }
}

void fill_columns(const Store& store, const Project&, Rows& rows) {
  for (const auto& schema : store.tables()) {
    const auto snapshot = store.snapshot(schema->name);
    for (uint32_t column = 0; column < schema->columns.size(); ++column) {
      uint64_t bytes = 0, segments = 0, filter_bytes = 0;
      std::set<std::string> encodings;
      for (size_t i = 0; snapshot && i < snapshot->parts.size(); ++i) {
        const Part& part = *snapshot->parts[i];
        bytes += part.column_bytes(column);
        filter_bytes += part.filter_bytes(column);
        segments += part.segments().size();
        for (const Segment& segment : part.segments())
          encodings.insert(encoding_name(segment.columns[column]));
      }
      bool in_key = false;
      for (const uint32_t key : schema->sorting_key) in_key |= key == column;
      const bool in_partition =
          schema->partition != TableSchema::Partition::kNone && schema->partition_column == column;
      rows.text(kDatabase)
          .text(schema->name)
          .text(schema->columns[column].name)
          .text(schema->columns[column].type.name());
      rows.number(column + 1)
          .number(bytes)
          .flag(in_partition)
          .flag(in_key)
          .flag(in_key)
          .number(segments)
          .texts(encodings)
          .number(filter_bytes);
    }
  }
}

void fill_tables(const Store& store, const Project&, Rows& rows) {
  for (const auto& schema : store.tables()) {
    const TableStatistics statistics = store.statistics(schema->name);
    rows.text(kDatabase)
        .text(schema->name)
        .text(engine_name(schema->engine))
        .flag(false)
        .text(partition_key_of(*schema));
    rows.text(key_of(*schema))
        .text(key_of(*schema))
        .number(statistics.rows)
        .number(statistics.bytes_on_disk);
    rows.number(statistics.parts).number(statistics.parts);
  }
}

void fill_databases(const Store&, const Project&, Rows& rows) {
  rows.text(kDatabase).text("Atomic").text("data sources and pipes of the project");
  rows.text("system").text("Atomic").text("what the server knows of itself");
}

void fill_functions(const Store&, const Project&, Rows& rows) {
  const auto add = [&](const char* name, bool aggregate, bool folded,
                       const std::vector<const char*>& aliases, const char* doc) {
    rows.text(name).flag(aggregate).flag(folded).text("").text(doc);
    for (const char* alias : aliases)
      rows.text(alias).flag(aggregate).flag(folded).text(name).text(doc);
  };
  const FunctionRegistry functions;
  for (const FunctionRow* row : functions.rows())
    add(row->name, false, row->case_insensitive, row->aliases, row->doc);
  for (const FormulaRow& row : formula_rows())
    add(row.name, false, row.case_insensitive, row.aliases, row.doc);
  const AggregateRegistry aggregates;
  for (const AggregateRow* row : aggregates.rows())
    add(row->name, true, row->case_insensitive, row->aliases, row->doc);
}

// Those that mean something here. Only SETTINGS of a query change them: the values are the
// defaults.
void fill_settings(const Store&, const Project&, Rows& rows) {
  const auto add = [&](const char* name, uint64_t value, bool fixed, const char* type,
                       const char* doc) {
    const std::string text = std::to_string(value);
    rows.text(name).text(text).flag(false).text(doc).flag(fixed).text(type).text(text);
  };
  const sql::ParseLimits limits;
  add("join_use_nulls", 0, false, "Bool",
      "Rows without a partner have NULLs (1) or default values (0) in the other side's columns.");
  add("max_ast_elements", limits.max_elements, true, "UInt64",
      "The most elements that the tree of a query may have.");
  add("max_parser_depth", limits.max_depth, true, "UInt64",
      "How deep brackets and subqueries may be nested.");
  add("max_query_size", limits.max_query_size_bytes, true, "UInt64",
      "The most bytes that the text of a query may have.");
  add("max_recursive_cte_evaluation_depth", 1000, false, "UInt64",
      "The most rounds that a WITH RECURSIVE may take.");
  add("output_format_json_quote_64bit_integers", 0, false, "Bool",
      "Integers of 64 bits and more are quoted in JSON; a parameter of the request.");
  add("output_format_json_quote_denormals", 0, false, "Bool",
      "inf and nan are written into JSON as quoted texts, not as null; a parameter of the "
      "request.");
}

struct SystemTable {
  std::shared_ptr<const TableSchema> schema;
  Fill fill = nullptr;
};

// Ids of tables that no store gives.
constexpr uint64_t kFirstId = 1ULL << 62;

const std::vector<SystemTable>& system_tables() {
  static const std::vector<SystemTable> tables = [] {
    const Type text = Type::of(TypeKind::kString), number = Type::of(TypeKind::kUInt64),
               flag = Type::of(TypeKind::kUInt8);
    std::vector<SystemTable> out;
    const auto add = [&](const char* name, std::vector<TableColumn> columns, Fill fill) {
      TableSchema schema;
      schema.id = kFirstId + out.size();
      schema.name = std::string("system.") + name;
      schema.columns = std::move(columns);
      out.push_back({std::make_shared<const TableSchema>(std::move(schema)), fill});
    };
    add("parts",
        {{"partition", text},
         {"name", text},
         {"part_type", text},
         {"active", flag},
         {"marks", number},
         {"rows", number},
         {"files", number},
         {"bytes_on_disk", number},
         {"data_compressed_bytes", number},
         {"segments", number},
         {"database", text},
         {"table", text},
         {"engine", text}},
        fill_parts);
    add("columns",
        {{"database", text},
         {"table", text},
         {"name", text},
         {"type", text},
         {"position", number},
         {"data_compressed_bytes", number},
         {"is_in_partition_key", flag},
         {"is_in_sorting_key", flag},
         {"is_in_primary_key", flag},
         {"segments", number},
         {"encodings", Type::array(text)},
         {"filter_bytes", number}},
        fill_columns);
    add("tables",
        {{"database", text},
         {"name", text},
         {"engine", text},
         {"is_temporary", flag},
         {"partition_key", text},
         {"sorting_key", text},
         {"primary_key", text},
         {"total_rows", number},
         {"total_bytes", number},
         {"parts", number},
         {"active_parts", number}},
        fill_tables);
    add("databases", {{"name", text}, {"engine", text}, {"comment", text}}, fill_databases);
    add("functions",
        {{"name", text},
         {"is_aggregate", flag},
         {"case_insensitive", flag},
         {"alias_to", text},
         {"description", text}},
        fill_functions);
    add("settings",
        {{"name", text},
         {"value", text},
         {"changed", flag},
         {"description", text},
         {"readonly", flag},
         {"type", text},
         {"default", text}},
        fill_settings);
    return out;
  }();
  return tables;
}

}  // namespace

std::shared_ptr<const TableSchema> find_system_table(std::string_view name) {
  for (const SystemTable& table : system_tables()) {
    if (std::string_view(table.schema->name).substr(7) == name) return table.schema;
  }
  return nullptr;
}

Result<std::shared_ptr<const TableSnapshot>> system_snapshot(const std::string& name,
                                                             const Store& store,
                                                             const Project& project) {
  for (const SystemTable& table : system_tables()) {
    if (table.schema->name != name) continue;
    Rows rows(table.schema);
    table.fill(store, project, rows);
    auto snapshot = std::make_shared<TableSnapshot>();
    snapshot->schema = table.schema;
    snapshot->rows = rows.batch().rows();
    if (snapshot->rows > 0) {
      SP_TRY(const auto images, encode_batch(rows.batch(), 65536));
      for (const auto& image : images)
        snapshot->parts.push_back(std::make_shared<EncodedPart>(0, image, *table.schema));
    }
    return std::shared_ptr<const TableSnapshot>(std::move(snapshot));
  }
  return std::shared_ptr<const TableSnapshot>();
}

}  // namespace sp
