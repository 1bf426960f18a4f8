// Fuzzes the reader of events: any bytes as NDJSON for a table with a column of every kind. Each
// line gives rows or bad rows with what was wrong; every column of the block holds the same number
// of rows; and good rows print.

#include <algorithm>

#include "runtime/core/check.h"
#include "runtime/formats/ndjson_reader.h"
#include "runtime/text/format_value.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

struct Column {
  const char* name;
  const char* type;
  const char* path;
};

constexpr Column kColumns[] = {{"i8", "Int8", "$.i"},
                               {"u64", "UInt64", "$.u"},
                               {"i256", "Int256", "$.w"},
                               {"f", "Float64", "$.f"},
                               {"dec", "Decimal(18, 4)", "$.d"},
                               {"s", "String", "$.s"},
                               {"fs", "FixedString(4)", "$.x"},
                               {"lc", "LowCardinality(Nullable(String))", "$.l"},
                               {"day", "Nullable(Date)", "$.t.d"},
                               {"at", "Nullable(DateTime('Europe/Madrid'))", "$.t.a"},
                               {"ms", "Nullable(DateTime64(3))", "$.t.m"},
                               {"e", "Nullable(Enum8('a' = 1, 'b' = 2))", "$.e"},
                               {"uuid", "Nullable(UUID)", "$.id"},
                               {"ip", "Nullable(IPv6)", "$.ip"},
                               {"flag", "Nullable(Bool)", "$.b"},
                               {"tags", "Array(Nullable(String))", "$.tags[:]"},
                               {"prices", "Array(Float32)", "$.items[:].price"},
                               {"nested", "Array(Array(Int32))", "$.n"},
                               {"attributes", "Map(String, UInt32)", "$.m"},
                               {"pair", "Tuple(a Int32, b String)", "$.p"},
                               {"whole", "String", "$"}};

const sp::NdjsonReader& reader(std::shared_ptr<sp::TableSchema>& schema) {
  static std::shared_ptr<sp::TableSchema> table;
  static const sp::NdjsonReader instance = [] {
    table = std::make_shared<sp::TableSchema>();
    std::vector<sp::JsonColumn> columns;
    for (const Column& column : kColumns) {
      const sp::Type type = *sp::parse_type(column.type);
      table->columns.push_back({column.name, type});
      // All but one may be absent, so that rows survive what fuzzing does to them.
      columns.push_back({column.name, type, *sp::parse_json_path(column.path),
                         !type.can_be_null() && std::string_view(column.name) != "s"});
    }
    return sp::NdjsonReader(table, std::move(columns));
  }();
  schema = table;
  return instance;
}

void print(const sp::BlockColumn& column, sp::Type type, size_t rows, std::string& text) {
  const size_t width = sp::slot_layout(type.base()).size;
  SP_CHECK(column.nulls.empty() || column.nulls.size() == rows);
  if (column.form != sp::BlockColumn::Form::kSlots) {
    for (size_t row = 0; row < rows; ++row) text += column.row_text(row);
    return;
  }
  SP_CHECK(column.data.size() >= rows * width);
  const sp::ValueFormatter formatter(type.base());
  for (size_t row = 0; row < rows; ++row) {
    if (!column.is_null(row))
      formatter.write(column.data.data() + row * width, sp::TextStyle::kJson, text);
  }
}

}  // namespace

SP_FUZZ_TARGET(ndjson) {
  std::shared_ptr<sp::TableSchema> schema;
  const sp::NdjsonReader& events = reader(schema);
  static sp::WorkerPool pool(1);
  alignas(16) static const uint8_t kZeros[256] = {};
  const auto result =
      events.read(input, [](size_t, sp::Arena&) -> const void* { return kZeros; }, pool, true);
  SP_CHECK(result.ok());
  std::string text;
  size_t rows = 0;
  for (const sp::RowBlockPointer& block : result->blocks) {
    rows += block->rows;
    for (size_t i = 0; i < std::size(kColumns); ++i)
      print(block->columns[i], schema->columns[i].type, block->rows, text);
  }
  SP_CHECK(rows == result->rows);
  for (const sp::BadRow& bad : result->bad) {
    SP_CHECK(bad.values.size() == std::size(kColumns));
    SP_CHECK(!bad.errors.empty());
    SP_CHECK(bad.errors.size() == bad.error_columns.size());
  }
}
