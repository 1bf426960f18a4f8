// Defaults, quarantine and the commit.

#include "server/workspace/ingest.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>

#include "runtime/core/clock.h"

namespace sp {
namespace {

// Binds names of DEFAULT expressions: there are none.
class NoTables : public Catalog {
 public:
  Result<std::optional<Relation>> find(std::string_view, std::string_view) const override {
    return std::optional<Relation>();
  }
  std::vector<std::string> names() const override { return {}; }
};

Result<std::shared_ptr<const ResultTable>> evaluate(Engine& engine, const std::string& sql) {
  const NoTables catalog;
  QueryRequest request;
  request.sql = sql;
  request.catalog = &catalog;
  request.catalog_key = "default";
  request.snapshots = [](const std::vector<std::string>&)
      -> Result<std::vector<std::shared_ptr<const TableSnapshot>>> {
    return std::vector<std::shared_ptr<const TableSnapshot>>();
  };
  SP_TRY(QueryResponse response, engine.run(request));
  if (!response.table || response.table->rows != 1)
    return fail(ErrorCode::kBadArguments, "A DEFAULT must be one value");
  return response.table;
}

const void* only_value(const ResultTable& table) {
  return table.chunks.front().data + table.layout.offsets[0];
}

}  // namespace

Result<std::unique_ptr<Ingestor>> Ingestor::create(const DataSource& datasource,
                                                   const std::shared_ptr<const TableSchema>& table,
                                                   std::shared_ptr<const TableSchema> quarantine,
                                                   Engine& engine,
                                                   std::shared_ptr<WorkerPool> pool) {
  const DataSourceFile& file = datasource.file;
  SP_TRY(auto expressions, order_column_expressions(file, engine));
  std::vector<JsonColumn> columns;
  std::vector<Default> defaults;
  for (size_t i = 0; i < file.columns.size(); ++i) {
    const ColumnDefinition& definition = file.columns[i];
    JsonColumn column;
    column.name = definition.name;
    column.type = definition.type;
    // Without a path a column is found under its own name.
    auto path = parse_json_path(definition.json_path.empty() ? "$." + definition.name
                                                             : definition.json_path);
    if (!path.ok()) {
      Error error = std::move(path).error();
      error.span = definition.span;
      return file.source->attach(std::move(error));
    }
    // MATERIALIZED and ALIAS columns are never given by an event.
    const bool computed = definition.expression == ColumnDefinition::Expression::kMaterialized ||
                          definition.expression == ColumnDefinition::Expression::kAlias;
    if (!computed) column.path = std::move(*path);
    const bool reads_others =
        std::any_of(expressions.begin(), expressions.end(),
                    [i](const ColumnExpression& one) { return one.column == i; });
    column.has_default = !definition.default_text.empty() && !reads_others;
    Default value;
    if (column.has_default) {
      value.sql = "SELECT " + converted_expression(definition);
      const auto mentions = [&](const char* word) {
        return definition.default_text.find(word) != std::string::npos;
      };
      if (mentions("UUID") || mentions("rand"))
        value.rhythm = Default::Rhythm::kRow;
      else if (mentions("now") || mentions("today"))
        value.rhythm = Default::Rhythm::kBatch;
      auto constant = evaluate(engine, value.sql);
      if (!constant.ok())
        return file.source->attach(in_column_expression(std::move(constant).error(), definition,
                                                        7 + kBeforeExpression.size()));
      value.constant = std::move(*constant);
    }
    columns.push_back(std::move(column));
    defaults.push_back(std::move(value));
  }
  // Columns that the table has beyond the file (a dropped column's data stays) take their type's
  // default.
  for (size_t i = columns.size(); i < table->columns.size(); ++i) {
    columns.push_back({table->columns[i].name, table->columns[i].type, std::nullopt, false});
    defaults.emplace_back();
  }
  std::unique_ptr<ComputedColumns> computed;
  if (!expressions.empty()) {
    SP_TRY(computed, ComputedColumns::create(file, std::move(expressions), table, columns, engine));
  }
  NdjsonReader reader(computed ? computed->staged_schema() : table, std::move(columns));
  return std::unique_ptr<Ingestor>(new Ingestor(std::move(quarantine), std::move(reader),
                                                std::move(defaults), std::move(computed), engine,
                                                std::move(pool)));
}

RowBatch Ingestor::quarantine_rows(const std::vector<BadRow>& bad) const {
  RowBatch batch(quarantine_);
  Arena& arena = batch.arena();
  const auto text_array = [&arena](const std::vector<std::string>& texts) {
    auto* refs = arena.allocate_array<StringRef>(std::max<size_t>(1, texts.size()));
    for (size_t i = 0; i < texts.size(); ++i) refs[i] = arena.copy(texts[i]);
    return ArrayRef{refs, texts.size()};
  };
  const auto now = static_cast<uint32_t>(system_clock().wall_ns() / 1000000000);
  for (const BadRow& row : bad) {
    const size_t values = batch.column_count() - 4;
    for (size_t i = 0; i < values; ++i) {
      Nullable<StringRef> cell{StringRef(), 1};
      if (i < row.values.size() && row.values[i]) cell = {arena.copy(*row.values[i]), 0};
      batch.column(i).append(&cell);
    }
    const ArrayRef columns = text_array(row.error_columns), errors = text_array(row.errors);
    batch.column(values).append(&columns);
    batch.column(values + 1).append(&errors);
    batch.column(values + 2).append_default();
    batch.column(values + 3).append(&now);
  }
  return batch;
}

// Computed columns of a request are computed together, whatever pieces it was read in.
Result<RowBlockPointer> Ingestor::join(const std::vector<RowBlockPointer>& blocks) const {
  return join_blocks(blocks, [&](size_t columns, const std::function<void(size_t)>& join) {
    std::atomic<size_t> next{0};
    pool_->run(pool_->size(), [&](unsigned) {
      for (size_t i; (i = next.fetch_add(1)) < columns;) join(i);
    });
  });
}

Result<IngestCounts> Ingestor::ingest(std::string_view body, bool durable,
                                      const std::string& idempotency_key, Store& store,
                                      ArrivingBody* arriving) const {
  std::vector<std::shared_ptr<const ResultTable>> fresh(defaults_.size());
  std::vector<std::shared_ptr<const ResultTable>> kept;  // per-row values, until the rows are built
  std::mutex evaluating;
  const auto default_value = [&](size_t column, Arena&) -> const void* {
    const Default& value = defaults_[column];
    if (value.rhythm == Default::Rhythm::kOnce) return only_value(*value.constant);
    const std::lock_guard lock(evaluating);
    if (value.rhythm == Default::Rhythm::kRow || !fresh[column]) {
      auto result = evaluate(engine_, value.sql);
      // It worked when the data source was published; failing now, the value of then serves.
      fresh[column] = result.ok() ? *result : value.constant;
      kept.push_back(fresh[column]);
    }
    return only_value(*fresh[column]);
  };
  SP_TRY(IngestResult read, reader_.read(body, default_value, *pool_, !computed_, arriving));
  if (computed_ && !read.blocks.empty()) {
    SP_TRY(const RowBlockPointer whole, join(read.blocks));
    SP_TRY(ComputedColumns::Outcome computed, computed_->compute(whole));
    read.blocks.clear();
    if (computed.block) read.blocks.push_back(std::move(computed.block));
    read.rows -= computed.bad.size();
    std::move(computed.bad.begin(), computed.bad.end(), std::back_inserter(read.bad));
  }
  IngestCounts counts{read.rows, read.bad.size()};
  Commit commit;
  commit.durable = durable;
  commit.idempotency_key = idempotency_key;
  commit.blocks = std::move(read.blocks);
  commit.images = std::move(read.images);
  if (counts.quarantined_rows > 0) commit.batches.push_back(quarantine_rows(read.bad));
  if (counts.successful_rows + counts.quarantined_rows > 0)
    SP_TRY_VOID(store.commit(std::move(commit)));
  return counts;
}

}  // namespace sp
