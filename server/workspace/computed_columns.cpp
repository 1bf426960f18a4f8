// Building the query, running it, and finding the rows that it fails on by halving.

#include "server/workspace/computed_columns.h"

#include "lang/sql/print.h"
#include "runtime/storage/block_builder.h"
#include "runtime/storage/part_builder.h"

namespace sp {
namespace {

constexpr const char* kRowNumber = "__row";
constexpr const char* kGiven = "__given_";
constexpr const char* kRows = "rows";
constexpr uint32_t kSegmentRows = 65536;

// The one table of the query.
class StagedRows : public Catalog {
 public:
  explicit StagedRows(std::shared_ptr<const TableSchema> schema) : schema_(std::move(schema)) {}
  Result<std::optional<Relation>> find(std::string_view, std::string_view name) const override {
    if (name != kRows) return std::optional<Relation>();
    return std::optional<Relation>(Relation{schema_, nullptr});
  }
  std::vector<std::string> names() const override { return {}; }

 private:
  const std::shared_ptr<const TableSchema> schema_;
};

QueryRequest request_for(const std::string& sql, const Catalog& catalog, const std::string& key) {
  QueryRequest request;
  request.sql = sql;
  request.catalog = &catalog;
  request.catalog_key = key;
  return request;
}

// What is wrong with the server, not with the row.
bool is_ours(ErrorCode code) {
  return code == ErrorCode::kTimeoutExceeded || code == ErrorCode::kMemoryLimitExceeded ||
         code == ErrorCode::kQueryWasCancelled || code == ErrorCode::kLogicalError;
}

}  // namespace

Result<std::unique_ptr<ComputedColumns>> ComputedColumns::create(
    const DataSourceFile& file, std::vector<ColumnExpression> expressions,
    const std::shared_ptr<const TableSchema>& table, std::vector<JsonColumn>& columns,
    Engine& engine) {
  std::unique_ptr<ComputedColumns> out(new ComputedColumns(table, engine));
  auto staged = std::make_shared<TableSchema>();
  staged->id = (1ULL << 61) + table->id;
  staged->name = kRows;
  staged->columns = table->columns;
  out->given_.resize(table->columns.size());
  std::vector<std::string> replacements;
  for (const ColumnExpression& expression : expressions) {
    const ColumnDefinition& definition = file.columns[expression.column];
    std::string value = converted_expression(definition);
    JsonColumn& column = columns[expression.column];
    column.has_default = false;
    if (definition.expression == ColumnDefinition::Expression::kDefault) {
      column.optional = true;
      const std::string given = kGiven + std::to_string(expression.column);
      const Type text = Type::nullable(Type::of(TypeKind::kString));
      JsonPath path;
      path.keys = column.path->keys;
      staged->columns.push_back({given, text});
      columns.push_back({given, text, std::move(path), false});
      out->given_[expression.column] = given;
      value = "CAST(if(isNull(" + given + "), " + value + ", " +
              sql::quote_identifier(definition.name) + ") AS " + definition.type.name() + ")";
    }
    replacements.push_back(value + " AS " + sql::quote_identifier(definition.name));
  }
  auto numbered = std::make_shared<TableSchema>(*staged);
  numbered->columns.push_back({kRowNumber, Type::of(TypeKind::kUInt64)});
  for (const TableColumn& column : numbered->columns)
    out->catalog_key_ += column.name + ' ' + column.type.name() + ',';
  for (const TableColumn& column : table->columns)
    out->all_columns_ +=
        (out->all_columns_.empty() ? "" : ", ") + sql::quote_identifier(column.name);
  out->staged_ = std::move(staged);
  out->numbered_ = std::move(numbered);
  std::string inner = kRows;
  for (size_t i = 0; i < expressions.size(); ++i) {
    out->layers_.push_back(
        {expressions[i].column, "SELECT * REPLACE (" + replacements[i] + ") FROM " + inner});
    SP_TRY_VOID(out->check_layer(file, inner, replacements[i]));
    inner = "(" + out->layers_.back().sql + ")";
  }
  return out;
}

Result<void> ComputedColumns::check_layer(const DataSourceFile& file, const std::string& inner,
                                          const std::string& replacement) const {
  const StagedRows catalog(numbered_);
  const std::string sql = "SELECT " + replacement + " FROM " + inner;
  auto described = engine_.describe(request_for(sql, catalog, catalog_key_));
  const ColumnDefinition& definition = file.columns[layers_.back().column];
  if (described.ok()) {
    SP_CHECK(described->types.size() == 1 && described->types[0] == definition.type);
    return {};
  }
  const size_t begin = sql.find(converted_expression(definition)) + kBeforeExpression.size();
  return file.source->attach(in_column_expression(std::move(described).error(), definition, begin));
}

// One block on its way through.
class ComputedColumns::Run {
 public:
  Run(const ComputedColumns& computed, const RowBlockPointer& staged)
      : computed_(computed),
        catalog_(computed.numbered_),
        builder_(computed.table_),
        rows_(staged->rows) {
    auto block = std::make_shared<RowBlock>(*staged);
    block->schema = computed.numbered_;
    BlockColumn numbers;
    numbers.data.resize((rows_ + 1) * sizeof(uint64_t));
    for (uint64_t row = 0; row < rows_; ++row)
      std::memcpy(numbers.data.data() + row * sizeof(row), &row, sizeof(row));
    block->columns.push_back(std::move(numbers));
    block_ = std::move(block);
  }

  Result<Outcome> run() {
    SP_TRY(const auto images, encode_blocks({block_}, kSegmentRows));
    snapshot_ = std::make_shared<TableSnapshot>();
    snapshot_->schema = computed_.numbered_;
    snapshot_->rows = rows_;
    for (const auto& image : images)
      snapshot_->parts.push_back(std::make_shared<EncodedPart>(0, image, *computed_.numbered_));
    SP_TRY_VOID(compute(0, rows_));
    Outcome outcome;
    outcome.bad = std::move(bad_);
    if (outcome.bad.size() < rows_) { SP_TRY(outcome.block, builder_.build()); }
    return outcome;
  }

 private:
  Result<QueryResponse> query(const std::string& sql) {
    QueryRequest request = request_for(sql, catalog_, computed_.catalog_key_);
    request.snapshots = [this](const std::vector<std::string>& names)
        -> Result<std::vector<std::shared_ptr<const TableSnapshot>>> {
      return std::vector<std::shared_ptr<const TableSnapshot>>(names.size(), snapshot_);
    };
    return computed_.engine_.run(request);
  }

  static std::string in_range(uint64_t begin, uint64_t end) {
    std::string out(" WHERE ");
    out.append(kRowNumber).append(" >= ").append(std::to_string(begin));
    out.append(" AND ").append(kRowNumber).append(" < ").append(std::to_string(end));
    return out;
  }

  // Rows before the middle first: the table's rows keep the order of the events.
  Result<void> compute(uint64_t begin, uint64_t end) {
    const std::string range = begin == 0 && end == rows_ ? "" : in_range(begin, end);
    auto response = query("SELECT " + computed_.all_columns_ + " FROM (" +
                          computed_.layers_.back().sql + ")" + range + " ORDER BY " + kRowNumber);
    if (response.ok()) {
      append(*response->table);
      return {};
    }
    if (is_ours(response.error().code)) return std::move(response).error();
    if (end - begin == 1) return explain(begin, std::move(response).error());
    const uint64_t middle = begin + (end - begin) / 2;
    SP_TRY_VOID(compute(begin, middle));
    return compute(middle, end);
  }

  void append(const ResultTable& table) {
    for (const ResultTable::Chunk& chunk : table.chunks) {
      for (size_t i = 0; i < chunk.rows; ++i) {
        const uint8_t* row = table.row(chunk, i);
        for (size_t column = 0; column < builder_.column_count(); ++column)
          builder_.column(column).append_slot(row + table.layout.offsets[column]);
      }
    }
  }

  // Names the first column that fails, and keeps what the event gave as text.
  Result<void> explain(uint64_t row, Error error) {
    const std::vector<TableColumn>& columns = computed_.table_->columns;
    BadRow bad;
    bad.values.resize(columns.size());
    std::string failed = columns[computed_.layers_.back().column].name;
    for (const Layer& layer : computed_.layers_) {
      auto tried = query("SELECT " + sql::quote_identifier(columns[layer.column].name) + " FROM (" +
                         layer.sql + ")" + in_range(row, row + 1));
      if (tried.ok()) continue;
      error = std::move(tried).error();
      failed = columns[layer.column].name;
      break;
    }
    bad.error_columns.push_back(failed);
    bad.errors.push_back("the expression of column '" + failed + "' fails: " + error.message);
    std::string texts;
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string& given = computed_.given_[i];
      const std::string text = !given.empty() ? given
                               : columns[i].type.is(TypeKind::kAggregateFunction)
                                   ? "NULL"
                                   : "toString(" + sql::quote_identifier(columns[i].name) + ")";
      texts += (texts.empty() ? "CAST(" : ", CAST(") + text + " AS Nullable(String))";
    }
    const auto shown = query("SELECT " + texts + " FROM " + kRows + in_range(row, row + 1));
    for (size_t i = 0; shown.ok() && i < columns.size(); ++i) {
      const ResultTable& table = *shown->table;
      const auto& cell = *reinterpret_cast<const Nullable<StringRef>*>(table.chunks.front().data +
                                                                       table.layout.offsets[i]);
      if (!cell.is_null) bad.values[i] = std::string(cell.value.view());
    }
    bad_.push_back(std::move(bad));
    return {};
  }

  const ComputedColumns& computed_;
  const StagedRows catalog_;
  BlockBuilder builder_;
  const uint64_t rows_;
  RowBlockPointer block_;
  std::shared_ptr<TableSnapshot> snapshot_;
  std::vector<BadRow> bad_;
};

Result<ComputedColumns::Outcome> ComputedColumns::compute(const RowBlockPointer& staged) const {
  return Run(*this, staged).run();
}

}  // namespace sp
