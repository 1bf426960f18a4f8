// Result formats on one small table; expected bytes are ClickHouse's.

#include "runtime/formats/result_writer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "runtime/text/parse_value.h"

namespace sp {
namespace {

class Fixture {
 public:
  Fixture(const std::vector<std::pair<std::string, std::string>>& columns,
          std::vector<std::vector<std::string>> rows) {
    for (const auto& [name, type] : columns) {
      table.names.push_back(name);
      table.types.push_back(parse_type(type).value());
    }
    table.layout = row_layout(table.types);
    bytes_.resize(table.layout.size * (rows.size() + 1));
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t c = 0; c < columns.size(); ++c) {
        const ValueParser parser(table.types[c], {.null_words = true});
        ParseError error;
        EXPECT_TRUE(parser.parse(rows[r][c],
                                 bytes_.data() + r * table.layout.size + table.layout.offsets[c],
                                 arena_, error))
            << error.message;
      }
    }
    table.chunks.push_back({bytes_.data(), rows.size()});
    table.rows = rows.size();
  }
  std::string write(std::string_view format) const {
    const ResultFormat* found = find_result_format(format);
    return found == nullptr ? "no such format" : write_result(*found, table, {0.25, 3, 24});
  }
  ResultTable table;

 private:
  Arena arena_;
  std::vector<uint8_t> bytes_;
};

Fixture two() {
  return Fixture(
      {{"n", "UInt64"}, {"s", "String"}, {"a", "Array(UInt64)"}, {"z", "Nullable(Float64)"}},
      {{"0", "0x", "[0]", "1.5"}, {"1", "1x", "[1]", "NULL"}});
}

TEST(ResultWriter, Json) {
  Fixture fixture({{"n", "UInt64"}, {"t", "Tuple(a UInt8, b String)"}, {"f", "Float64"}},
                  {{"7", "(1,'x/y')", "inf"}});
  fixture.table.rows_before_limit = 9;
  EXPECT_EQ(fixture.write("json"),
            "{\n\t\"meta\":\n\t[\n\t\t{\n\t\t\t\"name\": \"n\",\n\t\t\t\"type\": "
            "\"UInt64\"\n\t\t},\n\t\t{\n\t\t\t\"name\": \"t\",\n"
            "\t\t\t\"type\": \"Tuple(a UInt8, b String)\"\n\t\t},\n\t\t{\n\t\t\t\"name\": "
            "\"f\",\n\t\t\t\"type\": \"Float64\"\n\t\t}\n"
            "\t],\n\n\t\"data\":\n\t[\n\t\t{\n\t\t\t\"n\": 7,\n\t\t\t\"t\": {\n\t\t\t\t\"a\": "
            "1,\n\t\t\t\t\"b\": \"x\\/y\"\n\t\t\t},\n"
            "\t\t\t\"f\": null\n\t\t}\n\t],\n\n\t\"rows\": 1,\n\n\t\"rows_before_limit_at_least\": "
            "9,\n\n\t\"statistics\":\n\t{\n"
            "\t\t\"elapsed\": 0.25,\n\t\t\"rows_read\": 3,\n\t\t\"bytes_read\": 24\n\t}\n}\n");
  EXPECT_EQ(Fixture({{"n", "UInt8"}}, {}).write("JSONCompact"),
            "{\n\t\"meta\":\n\t[\n\t\t{\n\t\t\t\"name\": \"n\",\n\t\t\t\"type\": "
            "\"UInt8\"\n\t\t}\n\t],\n\n\t\"data\":\n\t[\n\n\t],\n\n"
            "\t\"rows\": 0,\n\n\t\"statistics\":\n\t{\n\t\t\"elapsed\": 0.25,\n\t\t\"rows_read\": "
            "3,\n\t\t\"bytes_read\": 24\n\t}\n}\n");
}

TEST(ResultWriter, JsonTotals) {
  Fixture fixture({{"n", "UInt8"}, {"c", "UInt64"}}, {{"0", "2"}, {"1", "1"}});
  fixture.table.totals = fixture.table.chunks[0].data;
  EXPECT_NE(fixture.write("JSON").find(
                "\t],\n\n\t\"totals\":\n\t{\n\t\t\"n\": 0,\n\t\t\"c\": 2\n\t},\n\n\t\"rows\": 2"),
            std::string::npos);
  EXPECT_NE(fixture.write("JSONCompact").find("\t\"totals\": [0, 2],\n\n\t\"rows\": 2"),
            std::string::npos);
  EXPECT_EQ(fixture.write("CSV"), "0,2\n1,1\n\n0,2\n");
}

TEST(ResultWriter, Rows) {
  const Fixture fixture = two();
  EXPECT_EQ(
      fixture.write("JSONEachRow"),
      "{\"n\":0,\"s\":\"0x\",\"a\":[0],\"z\":1.5}\n{\"n\":1,\"s\":\"1x\",\"a\":[1],\"z\":null}\n");
  EXPECT_EQ(fixture.write("JSONCompactStringsEachRow"),
            "[\"0\", \"0x\", \"[0]\", \"1.5\"]\n[\"1\", \"1x\", \"[1]\", \"ᴺᵁᴸᴸ\"]\n");
  EXPECT_EQ(fixture.write("CSVWithNames"),
            "\"n\",\"s\",\"a\",\"z\"\n0,\"0x\",\"[0]\",1.5\n1,\"1x\",\"[1]\",\\N\n");
  EXPECT_EQ(fixture.write("TSV"), "0\t0x\t[0]\t1.5\n1\t1x\t[1]\t\\N\n");
  EXPECT_EQ(fixture.write("Values"), "(0,'0x',[0],1.5),(1,'1x',[1],NULL)");
  EXPECT_EQ(fixture.write("Markdown"),
            "| n | s | a | z |\n|-:|:-|:-|-:|\n| 0 | 0x | [0] | 1.5 |\n| 1 | 1x | [1] | \\N |\n");
  EXPECT_EQ(fixture.write("Vertical"),
            "Row 1:\n──────\nn: 0\ns: 0x\na: [0]\nz: 1.5\n\nRow 2:\n──────\nn: 1\ns: 1x\na: "
            "[1]\nz: ᴺᵁᴸᴸ\n");
}

TEST(ResultWriter, Pretty) {
  const Fixture fixture = two();
  EXPECT_EQ(fixture.write("PrettyCompact"),
            "   ┌─n─┬─s──┬─a───┬────z─┐\n1. │ 0 │ 0x │ [0] │  1.5 │\n2. │ 1 │ 1x │ [1] │ ᴺᵁᴸᴸ │\n  "
            " └───┴────┴─────┴──────┘\n");
  EXPECT_EQ(fixture.write("Pretty"),
            "   ┏━━━┳━━━━┳━━━━━┳━━━━━━┓\n   ┃ n ┃ s  ┃ a   ┃    z ┃\n   "
            "┡━━━╇━━━━╇━━━━━╇━━━━━━┩\n1. │ 0 │ 0x │ [0] │  1.5 │\n"
            "   ├───┼────┼─────┼──────┤\n2. │ 1 │ 1x │ [1] │ ᴺᵁᴸᴸ │\n   └───┴────┴─────┴──────┘\n");
  EXPECT_EQ(fixture.write("PrettySpace"),
            "    n   s    a        z\n\n1.  0   0x   [0]    1.5 \n2.  1   1x   [1]   ᴺᵁᴸᴸ \n");
}

TEST(ResultWriter, PrometheusGroupsMetrics) {
  const Fixture fixture({{"name", "String"},
                         {"type", "String"},
                         {"labels", "Map(String, String)"},
                         {"value", "Float64"}},
                        {{"hits", "counter", "{'page':'a\"b'}", "1"},
                         {"up", "gauge", "{}", "1"},
                         {"hits", "counter", "{'page':'c'}", "2.5"}});
  EXPECT_EQ(fixture.write("Prometheus"),
            "# TYPE hits counter\nhits{page=\"a\\\"b\"} 1\nhits{page=\"c\"} 2.5\n\n# TYPE up "
            "gauge\nup 1\n\n");
}

TEST(ResultWriter, SuggestsFormats) {
  EXPECT_EQ(find_result_format("JSOM"), nullptr);
  EXPECT_EQ(unknown_result_format("JSOM").hint, "did you mean `JSON`?");
}

}  // namespace
}  // namespace sp
