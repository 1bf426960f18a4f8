// The two roads of NDJSON agree: a body with one byte that is not UTF-8 is read by simdjson's DOM
// alone, so every line is read both ways and must give the same rows and the same errors.

#include "runtime/formats/ndjson_reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "runtime/core/rng.h"
#include "runtime/formats/arriving_body.h"

namespace sp {
namespace {

class NdjsonReaderTest : public ::testing::Test {
 protected:
  NdjsonReaderTest() : pool_(2) {
    const Type text = Type::of(TypeKind::kString);
    TableSchema schema;
    schema.id = 1;
    schema.columns = {{"text", text},
                      {"low", Type::low_cardinality(text)},
                      {"small", Type::of(TypeKind::kUInt8)},
                      {"long", Type::of(TypeKind::kInt64)},
                      {"maybe", Type::nullable(Type::of(TypeKind::kInt32))},
                      {"flag", Type::of(TypeKind::kBool)},
                      {"real", Type::of(TypeKind::kFloat64)},
                      {"single", Type::of(TypeKind::kFloat32)},
                      {"at", Type::datetime()},
                      {"day", Type::of(TypeKind::kDate)},
                      {"list", Type::array(text)},
                      {"deep", text},
                      {"maybe_text", Type::nullable(text)}};
    schema_ = std::make_shared<const TableSchema>(schema);
  }

  NdjsonReader new_reader() const {
    std::vector<JsonColumn> columns;
    for (const TableColumn& column : schema_->columns) {
      auto path = parse_json_path(column.name == "deep" ? "$.outer.deep" : "$." + column.name);
      columns.push_back({column.name, column.type, std::move(*path), false});
    }
    return NdjsonReader(schema_, std::move(columns));
  }
  Result<IngestResult> read(const NdjsonReader& reader, std::string_view body,
                            ArrivingBody* arriving = nullptr) {
    const NdjsonReader::DefaultValue none = [](size_t, Arena&) -> const void* { return nullptr; };
    return reader.read(body, none, pool_, true, arriving);
  }
  IngestResult read(const std::string& body) {
    auto result = read(new_reader(), body);
    EXPECT_TRUE(result.ok());
    return std::move(*result);
  }

  // All values, column by column: the same rows may have different dictionaries, and blocks.
  static std::string values_of(const IngestResult& result) {
    std::string out;
    for (size_t i = 0; !result.blocks.empty() && i < result.blocks[0]->columns.size(); ++i) {
      for (const RowBlockPointer& block : result.blocks) append_values(*block, i, out);
    }
    return out;
  }
  static void append_values(const RowBlock& block, size_t index, std::string& out) {
    const BlockColumn& column = block.columns[index];
    const uint32_t width = column_shape(block.schema->columns[index].type).width;
    for (size_t row = 0; row < block.rows; ++row) {
      out += column.is_null(row) ? '\1' : '\0';
      if (column.form == BlockColumn::Form::kSlots)
        out.append(reinterpret_cast<const char*>(column.data.data()) + row * width, width);
      else
        out.append(column.row_text(row)) += '\n';
    }
  }

  void expect_same(const std::string& body) {
    const IngestResult fast = read(body);
    const IngestResult slow = read(body + "\n\xff\n");
    ASSERT_EQ(fast.rows, slow.rows) << body;
    ASSERT_EQ(fast.bad.size() + 1, slow.bad.size()) << body;
    ASSERT_EQ(values_of(fast), values_of(slow)) << body;
    for (size_t i = 0; i < fast.bad.size(); ++i) {
      ASSERT_EQ(fast.bad[i].errors, slow.bad[i].errors);
      ASSERT_EQ(fast.bad[i].values, slow.bad[i].values);
    }
  }

  WorkerPool pool_;
  std::shared_ptr<const TableSchema> schema_;
};

const std::vector<std::string> kTexts = {
    "\"\"",
    "\"plain\"",
    "\"with \\\"quotes\\\" and \\\\\"",
    "\"\\u00e9\\n\\t\\/\"",
    "\"\xc3\xa9t\xc3\xa9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"a long text that does not fit sixteen bytes, nor thirty-two of them\"",
    "12",
    "true",
    "null",
    "[1,2]",
    "{\"a\":1}",
    "\"bad \\x escape\"",
    "\"tab\there\"",
    "\"open",
    "-1.50e3"};
const std::vector<std::string> kNumbers = {"0",
                                           "1",
                                           "-1",
                                           "255",
                                           "256",
                                           "-0",
                                           "007",
                                           "1.0",
                                           "1.5",
                                           "1e3",
                                           "-2.25",
                                           "123456789012345678",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "18446744073709551616",
                                           "\"5\"",
                                           "\"x\"",
                                           "true",
                                           "false",
                                           "null",
                                           "[]",
                                           "{}",
                                           ".5",
                                           "1.",
                                           "-",
                                           "+1",
                                           "0.1",
                                           "3.141592653589793238",
                                           "1e400",
                                           "nan",
                                           "123456.789"};
const std::vector<std::string> kTimes = {"\"2024-02-29 12:30:45\"",
                                         "\"2024-02-29T12:30:45Z\"",
                                         "\"2024-02-29T12:30:45.5+02:00\"",
                                         "\"1969-12-31 23:59:59\"",
                                         "\"2024-13-01 00:00:00\"",
                                         "\"2024-02-30\"",
                                         "\"yesterday\"",
                                         "1700000000",
                                         "\"1700000000\"",
                                         "-5",
                                         "null",
                                         "\"2300-01-01 00:00:00\"",
                                         "17.5",
                                         "{}"};

TEST_F(NdjsonReaderTest, BothRoadsAgreeOnEveryKindOfValue) {
  const auto line_with = [](const std::string& key, const std::string& value) {
    std::string line = "{";
    const auto add = [&](const char* name, const char* plain) {
      line += std::string(line.size() > 1 ? "," : "") + "\"" + name +
              "\":" + (key == name ? value : plain);
    };
    add("text", "\"t\""), add("low", "\"l\""), add("small", "7"), add("long", "-9"),
        add("maybe", "1"), add("flag", "true"), add("real", "2.5");
    add("single", "0.5"), add("at", "\"2024-01-01 00:00:00\""), add("day", "\"2024-01-01\""),
        add("list", "[\"a\"]"), add("maybe_text", "\"m\"");
    return line + ",\"outer\":" + (key == "outer" ? value : "{\"deep\":\"d\",\"other\":[1,{}]}") +
           "}";
  };
  std::string all;
  for (const TableColumn& column : schema_->columns) {
    for (const auto* values : {&kTexts, &kNumbers, &kTimes}) {
      for (const std::string& value : *values) {
        const std::string line = line_with(column.name == "deep" ? "outer" : column.name, value);
        expect_same(line);
        all += line + "\n";
      }
    }
  }
  expect_same(all);
}

TEST_F(NdjsonReaderTest, BothRoadsAgreeOnRandomEvents) {
  SeededRng rng(7);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[rng.next() % from.size()];
  };
  for (int round = 0; round < 200; ++round) {
    std::string body;
    for (uint64_t lines = rng.next() % 40; lines > 0; --lines) {
      const std::string space = rng.next() % 3 == 0 ? " " : "";
      std::string line = space + "{" + space;
      bool first = true;
      for (const TableColumn& column : schema_->columns) {
        if (rng.next() % 20 == 0) continue;
        const bool odd = rng.next() % 12 == 0;
        const Type base = column.type.base();
        std::string value =
            base.is(TypeKind::kString)
                ? (odd ? pick(kTexts) : "\"v" + std::to_string(rng.next() % 9) + "\"")
            : base.is_date_like()       ? (odd ? pick(kTimes) : kTimes.front())
            : base.is(TypeKind::kArray) ? (odd ? pick(kNumbers) : "[\"x\",\"y\"]")
                                        : (odd ? pick(kNumbers) : std::to_string(rng.next() % 2));
        if (column.name == "deep") value = "{\"deep\":" + value + "}";
        line += (first ? "" : "," + space) + "\"" +
                (column.name == "deep" ? "outer" : column.name) + "\"" + space + ":" + space +
                value;
        first = false;
        if (rng.next() % 15 == 0)
          line += ",\"unknown" + std::to_string(rng.next() % 5) +
                  "\":" + (odd ? pick(kTexts) : "[1,{\"a\":\"]\"}]");
      }
      line += space + "}" + (rng.next() % 25 == 0 ? "x" : "") + (rng.next() % 5 == 0 ? "\r" : "");
      body += line + (rng.next() % 10 == 0 ? "\n\n" : "\n");
    }
    expect_same(body);
  }
}

TEST_F(NdjsonReaderTest, LargeBodiesAreCutAtLineEnds) {
  std::string body;
  size_t rows = 0;
  for (; body.size() < (5 << 20); ++rows) {
    body += "{\"text\":\"row " + std::to_string(rows) + "\",\"low\":\"" + std::to_string(rows % 3) +
            "\",\"small\":1,\"long\":" + std::to_string(rows) +
            ",\"flag\":false,\"real\":1,\"single\":1,\"at\":\"2024-01-01 "
            "00:00:00\",\"day\":\"2024-01-01\",\"list\":[],\"outer\":{\"deep\":\"\"}}\n";
  }
  const IngestResult result = read(body);
  EXPECT_EQ(result.rows, rows);
  EXPECT_TRUE(result.bad.empty());
  size_t row = 0;
  for (const RowBlockPointer& block : result.blocks) {
    for (size_t i = 0; i < block->rows; ++i, ++row)
      ASSERT_EQ(block->columns[0].row_text(i), "row " + std::to_string(row));
  }
  EXPECT_EQ(row, rows);
  expect_same(body);
}

// Some megabytes of events; `text` grows with the line, now and then by far.
std::string large_body(SeededRng& rng, size_t size) {
  std::string body;
  for (int i = 0; body.size() < size; ++i) {
    const size_t length = rng.next() % 2000 == 0 ? 100000 : rng.next() % 100;
    body += "{\"text\":\"" + std::string(length, 'x') + std::to_string(i) +
            "\",\"small\":7,\"long\":" + std::to_string(i) +
            ",\"flag\":true,\"real\":2.5,\"single\":0.5,\"at\":\"2024-01-01 00:00:00\",\"day\":"
            "\"2024-01-01\",\"low\":\"l\",\"list\":[\"a\"],\"outer\":{\"deep\":\"d\"}}";
    body += i % 100 == 0 ? "\r\n\n" : i % 501 == 0 ? " oops\n" : "\n";
  }
  return body;
}

TEST_F(NdjsonReaderTest, ArrivingBodiesGiveTheSameRows) {
  SeededRng rng(11);
  const NdjsonReader reader = new_reader();
  for (int round = 0; round < 12; ++round) {
    std::string body =
        (round % 3 == 0 ? "\xEF\xBB\xBF" : "") + large_body(rng, rng.next() % 6000000);
    if (round % 2 == 0 && !body.empty()) body.pop_back();
    const IngestResult whole = read(body);
    ArrivingBody arriving(body.size(), std::chrono::seconds(60));
    std::thread sender([&] {
      for (size_t sent = 0; sent < body.size();) {
        const size_t bytes = std::min<size_t>(body.size() - sent, 1 + rng.next() % 400000);
        arriving.add(bytes);
        sent += bytes;
        std::this_thread::yield();
      }
    });
    const auto result = read(reader, body, &arriving);
    sender.join();
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->rows, whole.rows);
    EXPECT_EQ(result->bad.size(), whole.bad.size());
    EXPECT_EQ(values_of(*result), values_of(whole));
  }
}

TEST_F(NdjsonReaderTest, ReadersWaitNeitherForSendersThatLeaveNorForSlowOnes) {
  SeededRng rng(12);
  const std::string body = large_body(rng, 4000000);
  const NdjsonReader reader = new_reader();
  for (const size_t there : {size_t{0}, size_t{1000000}, body.size() - 1}) {
    ArrivingBody slow(body.size(), std::chrono::milliseconds(20)),
        left(body.size(), std::chrono::seconds(60));
    slow.add(there);
    left.add(there);
    left.break_off();
    EXPECT_FALSE(read(reader, body, &slow).ok());
    EXPECT_TRUE(slow.too_slow());
    EXPECT_FALSE(read(reader, body, &left).ok());
    EXPECT_FALSE(left.too_slow());
  }
}

}  // namespace
}  // namespace sp
