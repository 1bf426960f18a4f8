// .datasource files: every directive, the column grammar, leniencies and errors with their
// excerpts.

#include <gtest/gtest.h>

#include "lang/datafile/datafile.h"

namespace sp {
namespace {

DataSourceFile good(const std::string& text) {
  DataSourceResult result = parse_datasource("events", "datasources/events.datasource", text);
  for (const Error& error : result.errors) ADD_FAILURE() << error.render();
  return result.file.value_or(DataSourceFile{});
}

std::string bad(const std::string& text) {
  const DataSourceResult result = parse_datasource("events", "e.datasource", text);
  EXPECT_FALSE(result.file.has_value());
  std::string out;
  for (const Error& error : result.errors) out += (out.empty() ? "" : "\n") + error.render();
  return out;
}

constexpr const char* kTail = "ENGINE \"MergeTree\"\nENGINE_SORTING_KEY \"id\"\n";

TEST(DataSource, ReadsACompleteFile) {
  const DataSourceFile file = good(
      "# events of the shop\n"
      "DESCRIPTION >\n"
      "    What customers did.\n"
      "    \n"
      "    # A heading\n"
      "\n"
      "TAGS \"shop, events\"\n"
      "TOKEN \"append events\" APPEND\n"
      "TOKEN reader read\n"
      "\n"
      "SCHEMA >\n"
      "    `id` String `json:$.id`,\n"
      "    # a comment\n"
      "    `ts` DateTime64(3) `json:$.time.at` DEFAULT now64(3) CODEC(Delta(8), ZSTD(1)),\n"
      "    `tags` Array(String) `json:$.tags[:]` DEFAULT [],\n"
      "    `raw` LowCardinality(Nullable(String)) `json:$` DEFAULT 'a,b',\n"
      "\n"
      "ENGINE \"ReplacingMergeTree\"\n"
      "ENGINE_PARTITION_KEY \"toYYYYMM(ts)\"\n"
      "ENGINE_SORTING_KEY \"id, ts\"\n"
      "ENGINE_TTL \"toDateTime(ts) + toIntervalDay(60)\"\n"
      "ENGINE_VER \"ts\"\n"
      "ENGINE_SETTINGS \"index_granularity=32\"\n");
  EXPECT_EQ(file.name, "events");
  EXPECT_EQ(file.description, "What customers did.\n\n# A heading");
  EXPECT_EQ(file.tags, (std::vector<std::string>{"shop", "events"}));
  ASSERT_EQ(file.tokens.size(), 2u);
  EXPECT_EQ(file.tokens[0].name, "append events");
  EXPECT_EQ(file.tokens[0].scope, "APPEND");
  EXPECT_EQ(file.tokens[1].scope, "READ");
  ASSERT_EQ(file.columns.size(), 4u);
  EXPECT_EQ(file.columns[0].json_path, "$.id");
  EXPECT_EQ(file.columns[1].json_path, "$.time.at");
  EXPECT_EQ(file.columns[1].default_text, "now64(3)");
  EXPECT_EQ(file.columns[1].codec_text, "Delta(8), ZSTD(1)");
  EXPECT_EQ(file.columns[2].type_text, "Array(String)");
  EXPECT_EQ(file.columns[2].json_path, "$.tags[:]");
  EXPECT_EQ(file.columns[3].default_text, "'a,b'");
  EXPECT_EQ(file.engine, "ReplacingMergeTree");
  EXPECT_EQ(file.partition_key->value, "toYYYYMM(ts)");
  EXPECT_EQ(file.sorting_key->value, "id, ts");
  EXPECT_EQ(file.ttl->value, "toDateTime(ts) + toIntervalDay(60)");
  EXPECT_EQ(file.version_column->value, "ts");
  ASSERT_EQ(file.other.size(), 1u);
  EXPECT_EQ(file.other[0].name, "ENGINE_SETTINGS");
  ASSERT_EQ(file.warnings.size(), 2u);
  EXPECT_EQ(file.warnings[1].message, "Kept, but it has no effect here: ENGINE_SETTINGS");
  EXPECT_EQ(file.warnings[0].message, "CODEC is kept, but columns are encoded by what they hold");
}

TEST(DataSource, SpansPointIntoTheFile) {
  const std::string text = std::string("SCHEMA >\n    `id` String DEFAULT 'x'\n") + kTail;
  const DataSourceFile file = good(text);
  const ColumnDefinition& column = file.columns.at(0);
  EXPECT_EQ(text.substr(column.span.begin, column.span.end - column.span.begin), "`id`");
  EXPECT_EQ(text.substr(column.type_span.begin, column.type_span.end - column.type_span.begin),
            "String");
  EXPECT_EQ(
      text.substr(column.default_span.begin, column.default_span.end - column.default_span.begin),
      "'x'");
  EXPECT_EQ(text.substr(file.sorting_key->value_span.begin, 2), "id");
}

TEST(DataSource, AcceptsCrlfAndIndentedDirectives) {
  const DataSourceFile file = good(
      "SCHEMA >\r\n    `id` String,\r\n    `n` Int32\r\n\r\n  ENGINE \"MergeTree\"\r\n  "
      "ENGINE_SORTING_KEY id\r\n");
  EXPECT_EQ(file.columns.size(), 2u);
  EXPECT_EQ(file.sorting_key->value, "id");
}

TEST(DataSource, AcceptsNamesInAllQuotings) {
  const DataSourceFile file =
      good(std::string("SCHEMA >\n    id String, \"n n\" Int32, `x.y` Date\n") + kTail);
  ASSERT_EQ(file.columns.size(), 3u);
  EXPECT_EQ(file.columns[1].name, "n n");
  EXPECT_EQ(file.columns[2].name, "x.y");
}

TEST(DataSource, AcceptsAnUnindentedSchema) {
  const DataSourceFile file = good(std::string("SCHEMA >\n`id` String,\n`TYPE` String,\n") + kTail);
  EXPECT_EQ(file.columns.size(), 2u);
}

TEST(DataSource, KeepsAnIndentedColumnNamedLikeADirective) {
  const DataSourceFile file =
      good(std::string("SCHEMA >\n    id String,\n    VERSION Int32\n") + kTail);
  ASSERT_EQ(file.columns.size(), 2u);
  EXPECT_EQ(file.columns[1].name, "VERSION");
}

TEST(DataSource, ToleratesTheStateSuffix) {
  const DataSourceFile file = good(
      std::string(
          "SCHEMA >\n    id AggregateFunction(argMinState, Nullable(String), DateTime64(6))\n") +
      kTail);
  EXPECT_EQ(file.columns.at(0).type.name(),
            "AggregateFunction(argMin, Nullable(String), DateTime64(6))");
}

TEST(DataSource, ReadsNullAfterTheType) {
  const DataSourceFile file =
      good(std::string("SCHEMA >\n    id String NOT NULL, n Int32 NULL\n") + kTail);
  EXPECT_EQ(file.columns.at(0).type.name(), "String");
  EXPECT_EQ(file.columns.at(1).type.name(), "Nullable(Int32)");
}

TEST(DataSource, ReadsDefaultsWithCommasAndBrackets) {
  const DataSourceFile file =
      good(std::string("SCHEMA >\n    id UUID DEFAULT toUUID('0,0') CODEC(ZSTD(1)),\n"
                       "    m Map(String, String) DEFAULT map('a', 'b'), k Int8 DEFAULT -1\n") +
           kTail);
  EXPECT_EQ(file.columns.at(0).default_text, "toUUID('0,0')");
  EXPECT_EQ(file.columns.at(1).default_text, "map('a', 'b')");
  EXPECT_EQ(file.columns.at(2).default_text, "-1");
}

TEST(DataSource, ReadsIndexesWithAndWithoutCommas) {
  const DataSourceFile file =
      good(std::string("SCHEMA >\n    id String\n") + kTail +
           "INDEXES >\n"
           "    by_id id TYPE bloom_filter(0.01) GRANULARITY 4\n"
           "    # of the lower case\n"
           "    low lower(id) TYPE ngrambf_v1(3, 256, 2, 0) GRANULARITY 1,\n"
           "    INDEX third (id, id) TYPE minmax\n");
  ASSERT_EQ(file.indexes.size(), 3u);
  EXPECT_EQ(file.indexes[0].name, "by_id");
  EXPECT_EQ(file.indexes[0].value, "id TYPE bloom_filter(0.01) GRANULARITY 4");
  EXPECT_EQ(file.indexes[1].value, "lower(id) TYPE ngrambf_v1(3, 256, 2, 0) GRANULARITY 1");
  EXPECT_EQ(file.indexes[2].name, "third");
}

TEST(DataSource, ReadsForwardQuery) {
  const DataSourceFile file = good(std::string("SCHEMA >\n    id String\n") + kTail +
                                   "FORWARD_QUERY >\n    SELECT toString(id) AS id\n");
  EXPECT_EQ(file.forward_query, "SELECT toString(id) AS id");
}

TEST(DataSource, WarnsOnceAboutAKafkaConnector) {
  const DataSourceFile file =
      good(std::string("KAFKA_CONNECTION_NAME c\nKAFKA_TOPIC 't'\nKAFKA_GROUP_ID g\n"
                       "KAFKA_AUTO_OFFSET_RESET EARLIEST\nKAFKA_STORE_RAW_VALUE 'False'\n"
                       "SCHEMA >\n    id String\n") +
           kTail);
  EXPECT_EQ(file.other.size(), 5u);
  EXPECT_EQ(file.other[3].value, "earliest");
  EXPECT_EQ(file.other[4].value, "false");
  ASSERT_EQ(file.warnings.size(), 1u);
  EXPECT_EQ(file.warnings[0].message, "Kept, but a Kafka connector does not run here");
}

TEST(DataSource, ToleratesTypographicQuotes) {
  const DataSourceFile file =
      good("SCHEMA >\n    id String\nENGINE \u201CMergeTree\u201D\nENGINE_SORTING_KEY id\n");
  EXPECT_EQ(file.engine, "MergeTree");
  ASSERT_EQ(file.warnings.size(), 1u);
  EXPECT_EQ(file.warnings[0].hint, "write plain quotes: \"MergeTree\"");
}

TEST(DataSource, ReadsClassicDirectives) {
  const DataSourceFile file =
      good(std::string("VERSION 2\nTOKEN t APPEND\nSCHEMA >\n    id String\n") + kTail +
           "SHARED_WITH >\n    one,\n    two\nBACKFILL skip\n");
  EXPECT_EQ(file.other.size(), 3u);
}

TEST(DataSource, NullEngineNeedsNoSortingKey) { good("SCHEMA >\n    id String\nENGINE Null\n"); }

TEST(DataSource, NoEngineIsAWarning) {
  const DataSourceFile file = good("SCHEMA >\n    id String\n");
  ASSERT_EQ(file.warnings.size(), 1u);
}

TEST(DataSource, ReportsAnUnknownDirective) {
  EXPECT_EQ(bad(std::string("SCHEMA >\n    id String\n\nENGIN \"Null\"\n") + kTail),
            "e.datasource:4:1: Unknown directive: ENGIN\n"
            "  4 | ENGIN \"Null\"\n"
            "    | ^^^^^\n"
            "  hint: did you mean `ENGINE`?");
}

TEST(DataSource, ReportsADirectiveOfAnotherFile) {
  EXPECT_EQ(bad(std::string("NODE x\nSCHEMA >\n    id String\n") + kTail),
            "e.datasource:1:1: Directive does not belong here: NODE\n"
            "  1 | NODE x\n"
            "    | ^^^^\n"
            "  hint: NODE stands in .pipe files");
}

TEST(DataSource, ReportsLowerCaseDirectives) {
  EXPECT_EQ(bad(std::string("tags a\nSCHEMA >\n    id String\n") + kTail),
            "e.datasource:1:1: Unknown directive: tags\n"
            "  1 | tags a\n"
            "    | ^^^^\n"
            "  hint: directives are written in upper case: `TAGS`");
}

TEST(DataSource, ReportsAnUnknownEngine) {
  EXPECT_EQ(
      bad("SCHEMA >\n    id String\nENGINE \"MergTree\"\nENGINE_SORTING_KEY id\n"),
      "e.datasource:3:9: Unknown value for ENGINE: MergTree\n"
      "  3 | ENGINE \"MergTree\"\n"
      "    |         ^^^^^^^^\n"
      "  hint: allowed: MergeTree, AggregatingMergeTree, ReplacingMergeTree, SummingMergeTree, "
      "CollapsingMergeTree, VersionedCollapsingMergeTree, Null, Join; did you mean `MergeTree`?");
}

TEST(DataSource, ReportsAMissingType) {
  EXPECT_EQ(bad(std::string("SCHEMA >\n    `id`,\n    `n` Int32\n") + kTail),
            "e.datasource:2:5: Missing type in schema column: \"`id`\"\n"
            "  2 |     `id`,\n"
            "    |     ^^^^\n"
            "  hint: write `name` Type, as in `id` String");
}

TEST(DataSource, ReportsAMissingComma) {
  EXPECT_EQ(bad(std::string("SCHEMA >\n    `id` String\n    `n` Int32\n") + kTail),
            "e.datasource:2:16: Comma expected after the column: id\n"
            "  2 |     `id` String\n"
            "    |                ^\n"
            "  hint: a column is: name Type `json:$.path` DEFAULT expression CODEC(codecs)");
}

TEST(DataSource, ReportsABadJsonPath) {
  EXPECT_EQ(bad(std::string("SCHEMA >\n    `id` String `json:id`\n") + kTail),
            "e.datasource:2:23: Invalid JSON path: id\n"
            "  2 |     `id` String `json:id`\n"
            "    |                       ^^\n"
            "  hint: write $.a, $.a.b, $.a[:] for arrays, or $ for the whole event");
}

TEST(DataSource, ReportsADuplicateColumn) {
  EXPECT_EQ(bad(std::string("SCHEMA >\n    id String,\n    id Int32\n") + kTail),
            "e.datasource:3:5: Duplicate column: id\n"
            "  3 |     id Int32\n"
            "    |     ^^\n"
            "  hint: rename or remove one of the two");
}

TEST(DataSource, ReportsAnUnknownType) {
  const std::string text = bad(std::string("SCHEMA >\n    id Strin\n") + kTail);
  EXPECT_NE(text.find("e.datasource:2:8: "), std::string::npos) << text;
  EXPECT_NE(text.find("    |        ^^^^^"), std::string::npos) << text;
}

TEST(DataSource, ReportsAnUnclosedQuote) {
  EXPECT_EQ(bad("SCHEMA >\n    id String\nENGINE \"MergeTree\nENGINE_SORTING_KEY id\n"),
            "e.datasource:3:8: Quote is not closed in ENGINE: \"MergeTree\n"
            "  3 | ENGINE \"MergeTree\n"
            "    |        ^^^^^^^^^^\n"
            "  hint: end the value with \"");
}

TEST(DataSource, ReportsAnUnclosedBracket) {
  const std::string text =
      bad(std::string("SCHEMA >\n    id Array(String,\n    n Int32\n") + kTail);
  EXPECT_NE(text.find("e.datasource:2:13: Bracket of a type is not closed: id"), std::string::npos)
      << text;
}

TEST(DataSource, ReportsABadTokenScope) {
  EXPECT_EQ(bad(std::string("TOKEN t WRITE\nSCHEMA >\n    id String\n") + kTail),
            "e.datasource:1:9: Unknown scope in TOKEN: WRITE\n"
            "  1 | TOKEN t WRITE\n"
            "    |         ^^^^^\n"
            "  hint: allowed: READ, APPEND");
}

TEST(DataSource, ReportsABadSettingValue) {
  const std::string text =
      bad(std::string("KAFKA_CONNECTION_NAME c\nKAFKA_TOPIC t\nKAFKA_AUTO_OFFSET_RESET newest\n"
                      "SCHEMA >\n    id String\n") +
          kTail);
  EXPECT_EQ(text,
            "e.datasource:3:25: Unknown value for KAFKA_AUTO_OFFSET_RESET: newest\n"
            "  3 | KAFKA_AUTO_OFFSET_RESET newest\n"
            "    |                         ^^^^^^\n"
            "  hint: allowed: earliest, latest, error");
}

TEST(DataSource, ReportsMixedConnectors) {
  const std::string text =
      bad(std::string("KAFKA_CONNECTION_NAME c\nKAFKA_TOPIC t\nIMPORT_SCHEDULE @auto\n"
                      "SCHEMA >\n    id String\n") +
          kTail);
  EXPECT_NE(text.find("KAFKA_* and IMPORT_* directives cannot be mixed"), std::string::npos)
      << text;
}

TEST(DataSource, ReportsMissingDirectives) {
  EXPECT_EQ(bad("DESCRIPTION x\n"),
            "e.datasource:1:1: SCHEMA block is required.\n"
            "  1 | DESCRIPTION x\n"
            "    | ^\n"
            "  hint: begin the columns with SCHEMA >");
  EXPECT_NE(bad("SCHEMA >\nENGINE Null\n").find("SCHEMA block is empty."), std::string::npos);
  EXPECT_NE(bad("SCHEMA >\n  id String\nENGINE MergeTree\n")
                .find("ENGINE_SORTING_KEY directive is required."),
            std::string::npos);
  EXPECT_NE(bad("SCHEMA >\n  id String\nENGINE CollapsingMergeTree\nENGINE_SORTING_KEY id\n")
                .find("ENGINE_SIGN"),
            std::string::npos);
}

TEST(DataSource, ReportsARepeatedDirective) {
  const std::string text = bad(std::string("SCHEMA >\n    id String\n") + kTail + "ENGINE Null\n");
  EXPECT_NE(text.find("Directive is repeated: ENGINE"), std::string::npos) << text;
}

TEST(DataSource, ReportsAnUnknownVersionColumn) {
  const std::string text =
      bad("SCHEMA >\n    id String\nENGINE ReplacingMergeTree\nENGINE_SORTING_KEY id\nENGINE_VER "
          "idd\n");
  EXPECT_NE(text.find("Unknown column in ENGINE_VER: idd"), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean `id`?"), std::string::npos) << text;
}

TEST(DataSource, ReportsAllErrorsSorted) {
  const DataSourceResult result =
      parse_datasource("e", "e",
                       "ENGINE x\nWHAT y\nSCHEMA >\n    id,\n    a String `json:x`,\n    b Int32 "
                       "DEFAULT ,\n    c Int8\n");
  ASSERT_EQ(result.errors.size(), 6u);
  for (size_t i = 1; i < result.errors.size(); ++i) {
    EXPECT_LE(result.errors[i - 1].span->begin, result.errors[i].span->begin);
    EXPECT_TRUE(result.errors[i].location.has_value());
  }
}

TEST(DataSource, SurvivesHostileInput) {
  const size_t size = 1u << 20;
  for (const std::string& unit :
       {std::string("("), std::string("`"), std::string("'"), std::string("A\n"),
        std::string("SCHEMA >\n"), std::string("ENGINE\n"), std::string("x String, "),
        std::string("KAFKA_A 1\n"), std::string("\xff"), std::string("# \n")}) {
    std::string text = "SCHEMA >\n    id String DEFAULT ";
    while (text.size() < size) text += unit;
    const DataSourceResult result = parse_datasource("e", "e", text);
    EXPECT_TRUE(!result.errors.empty() || result.file.has_value());
  }
}

TEST(DataSource, RefusesBinaryFiles) {
  EXPECT_NE(bad(std::string("SCHEMA\0x", 8)).find("File is not text"), std::string::npos);
}

}  // namespace
}  // namespace sp
