// .pipe and .connection files: nodes, SQL blocks, types, settings and errors with their excerpts.

#include <gtest/gtest.h>

#include "lang/datafile/datafile.h"

namespace sp {
namespace {

PipeFile good(const std::string& text) {
  PipeResult result = parse_pipe("top", "endpoints/top.pipe", text);
  for (const Error& error : result.errors) ADD_FAILURE() << error.render();
  return result.file.value_or(PipeFile{});
}

std::string bad(const std::string& text) {
  const PipeResult result = parse_pipe("top", "top.pipe", text);
  EXPECT_FALSE(result.file.has_value());
  std::string out;
  for (const Error& error : result.errors) out += (out.empty() ? "" : "\n") + error.render();
  return out;
}

TEST(Pipe, ReadsACompleteFile) {
  const std::string text =
      "VERSION 1\n"
      "DESCRIPTION The best\n"
      "TAGS a, b\n"
      "TOKEN \"read top\"\n"
      "TOKEN other READ\n"
      "\n"
      "NODE first\n"
      "DESCRIPTION >\n"
      "    Filters.\n"
      "SQL >\n"
      "    %\n"
      "    SELECT *\n"
      "    FROM events -- it's here\n"
      "\n"
      "NODE second\n"
      "SQL >\n"
      "    SELECT count() FROM first\n"
      "TYPE ENDPOINT\n"
      "CACHE 60\n";
  const PipeFile file = good(text);
  EXPECT_EQ(file.description, "The best");
  EXPECT_EQ(file.tags.size(), 2u);
  ASSERT_EQ(file.tokens.size(), 2u);
  EXPECT_EQ(file.tokens[0].name, "read top");
  EXPECT_EQ(file.tokens[0].scope, "READ");
  ASSERT_EQ(file.nodes.size(), 2u);
  const PipeNode& first = file.nodes[0];
  EXPECT_EQ(first.name, "first");
  EXPECT_EQ(first.description, "Filters.");
  EXPECT_TRUE(first.templated);
  EXPECT_EQ(first.sql, "    SELECT *\n    FROM events -- it's here");
  EXPECT_EQ(text.substr(first.sql_offset, first.sql.size()), first.sql);
  EXPECT_FALSE(file.nodes[1].templated);
  EXPECT_EQ(file.output_node(), &file.nodes[1]);
  EXPECT_EQ(file.nodes[1].settings.at(0).value, "60");
}

TEST(Pipe, AcceptsUnindentedSql) {
  const PipeFile file = good("NODE n\nSQL >\nSELECT a,\nTYPE_OF(b)\nFROM t\nTYPE endpoint\n");
  EXPECT_EQ(file.nodes.at(0).sql, "SELECT a,\nTYPE_OF(b)\nFROM t");
  EXPECT_EQ(file.nodes.at(0).type, PipeNode::Type::kEndpoint);
}

TEST(Pipe, KeepsIndentedColumnsNamedLikeDirectives) {
  const PipeFile file =
      good("NODE n\nSQL >\n    SELECT\n      TYPE\n    , x\n    FROM t\n    TYPE endpoint\n");
  EXPECT_NE(file.nodes.at(0).sql.find("TYPE"), std::string::npos);
  EXPECT_EQ(file.nodes.at(0).type, PipeNode::Type::kEndpoint);
}

TEST(Pipe, KeepsBlankLinesInsideSql) {
  EXPECT_EQ(good("NODE n\nSQL >\n\n    SELECT 1\n\n    , 2\n\n\nTYPE endpoint").nodes.at(0).sql,
            "    SELECT 1\n\n    , 2");
}

TEST(Pipe, AcceptsSqlOnOneLine) {
  EXPECT_EQ(good("NODE n\nSQL SELECT 1\nTYPE endpoint\n").nodes.at(0).sql, "SELECT 1");
  EXPECT_EQ(good("NODE n\nSQL > % SELECT 1\n").nodes.at(0).sql, " SELECT 1");
}

TEST(Pipe, BlanksCommentsAtTheMargin) {
  EXPECT_EQ(good("NODE n\nSQL >\n    SELECT 1\n# old\n    , 2\n").nodes.at(0).sql,
            "    SELECT 1\n     \n    , 2");
}

TEST(Pipe, AcceptsSqlWithoutNode) {
  const PipeFile file = good("SQL >\n    SELECT 1\nTYPE endpoint\n");
  EXPECT_EQ(file.nodes.at(0).name, "top_0");
  EXPECT_EQ(file.warnings.size(), 1u);
}

TEST(Pipe, AcceptsCrlf) {
  const PipeFile file = good("NODE n\r\nSQL >\r\n    %\r\n    SELECT 1\r\n\r\nTYPE endpoint\r\n");
  EXPECT_TRUE(file.nodes.at(0).templated);
  EXPECT_EQ(file.nodes.at(0).sql, "    SELECT 1");
}

TEST(Pipe, ReadsMaterializedNodes) {
  const PipeFile file = good(
      "NODE n\nSQL >\n    SELECT 1\nTYPE materialized\nDATASOURCE target\nENGINE "
      "\"aggregatingmergetree\"\n"
      "ENGINE_SORTING_KEY \"a\"\nDEPLOYMENT_METHOD alter\n");
  ASSERT_EQ(file.nodes.at(0).settings.size(), 4u);
  EXPECT_EQ(file.nodes.at(0).settings[0].value, "target");
  EXPECT_EQ(file.nodes.at(0).settings[1].value, "AggregatingMergeTree");
}

TEST(Pipe, ReadsCopyNodes) {
  const PipeFile file = good(
      "NODE n\nSQL >\n    SELECT 1\nTYPE COPY\nTARGET_DATASOURCE t\nCOPY_SCHEDULE 0 * * * "
      "*\nCOPY_MODE Replace\n");
  EXPECT_EQ(file.nodes.at(0).settings.at(2).value, "replace");
  good("NODE n\nSQL >\n    SELECT 1\nTYPE copy\nTARGET_DATASOURCE t\nCOPY_SCHEDULE @on-demand\n");
}

TEST(Pipe, WarnsAboutSinks) {
  const PipeFile file = good(
      "NODE n\nSQL >\n    SELECT 1\nTYPE sink\nEXPORT_CONNECTION_NAME c\nEXPORT_SERVICE "
      "kafka\nEXPORT_KAFKA_TOPIC t\n"
      "EXPORT_SCHEDULE @on-demand\n");
  EXPECT_EQ(file.warnings.size(), 1u);
  EXPECT_EQ(file.nodes.at(0).settings.size(), 4u);
}

TEST(Pipe, AcceptsSeveralMaterializedNodes) {
  good(
      "NODE a\nSQL >\n  SELECT 1\nTYPE materialized\nDATASOURCE x\nNODE b\nSQL >\n  SELECT 1\nTYPE "
      "materialized\nDATASOURCE y\n");
}

TEST(Pipe, ReportsAnUnknownType) {
  EXPECT_EQ(bad("NODE n\nSQL >\n    SELECT 1\nTYPE endpont\n"),
            "top.pipe:4:6: Unknown value for TYPE: endpont\n"
            "  4 | TYPE endpont\n"
            "    |      ^^^^^^^\n"
            "  hint: allowed: endpoint, materialized, copy, sink; did you mean `endpoint`?");
}

TEST(Pipe, ReportsAMisspeltDirectiveAfterSql) {
  EXPECT_EQ(bad("NODE n\nSQL >\n    SELECT 1\nTYP endpoint\n"),
            "top.pipe:4:1: Unknown directive: TYP\n"
            "  4 | TYP endpoint\n"
            "    | ^^^\n"
            "  hint: did you mean `TYPE`?");
}

TEST(Pipe, ReportsMissingAndEmptySql) {
  EXPECT_EQ(bad("NODE a\nNODE b\nSQL >\n\n"),
            "top.pipe:1:6: Node \"a\" is missing SQL > block.\n"
            "  1 | NODE a\n"
            "    |      ^\n"
            "  hint: write SQL > and a SELECT below it\n"
            "top.pipe:3:1: Node \"b\" has an empty SQL block.\n"
            "  3 | SQL >\n"
            "    | ^^^\n"
            "  hint: write a SELECT below SQL >");
}

TEST(Pipe, ReportsMissingTargets) {
  EXPECT_EQ(bad("NODE n\nSQL >\n    SELECT 1\nTYPE copy\n"),
            "top.pipe:4:6: TARGET_DATASOURCE is required for TYPE copy in node \"n\"\n"
            "  4 | TYPE copy\n"
            "    |      ^^^^\n"
            "  hint: add TARGET_DATASOURCE <name> below TYPE");
  EXPECT_NE(bad("NODE n\nSQL >\n  SELECT 1\nTYPE materialized\n").find("DATASOURCE is required"),
            std::string::npos);
  EXPECT_NE(
      bad("NODE n\nSQL >\n  SELECT 1\nTYPE sink\n").find("EXPORT_CONNECTION_NAME is required"),
      std::string::npos);
}

TEST(Pipe, ReportsTwoOutputs) {
  const std::string text =
      bad("NODE a\nSQL >\n  SELECT 1\nTYPE endpoint\nNODE b\nSQL >\n  SELECT 1\nTYPE endpoint\n");
  EXPECT_NE(text.find("top.pipe:8:6: A pipe has one output: node \"a\" is TYPE endpoint already"),
            std::string::npos)
      << text;
}

TEST(Pipe, ReportsDuplicateAndInvalidNodeNames) {
  EXPECT_NE(bad("NODE a\nSQL >\n  SELECT 1\nNODE a\nSQL >\n  SELECT 1\n").find("Duplicate node: a"),
            std::string::npos);
  EXPECT_NE(bad("NODE a b\nSQL >\n  SELECT 1\n").find("Invalid node name: a b"), std::string::npos);
  EXPECT_NE(bad("NODE\nSQL >\n  SELECT 1\n").find("NODE has no name"), std::string::npos);
}

TEST(Pipe, ReportsWrongSettings) {
  EXPECT_NE(bad("NODE n\nSQL >\n  SELECT 1\nTYPE endpoint\nCACHE soon\n")
                .find("Unknown value for CACHE: soon"),
            std::string::npos);
  EXPECT_NE(bad("NODE n\nSQL >\n  SELECT 1\nCACHE 6\n")
                .find("CACHE is only supported for TYPE endpoint."),
            std::string::npos);
  EXPECT_NE(bad("NODE n\nSQL >\n  SELECT 1\nTYPE copy\nTARGET_DATASOURCE t\nCOPY_SCHEDULE daily\n")
                .find("Unknown value for COPY_SCHEDULE: daily"),
            std::string::npos);
  EXPECT_NE(bad("NODE n\nSQL >\n  SELECT 1\nTYPE copy\nTARGET_DATASOURCE t\nCOPY_MODE apend\n")
                .find("did you mean `append`?"),
            std::string::npos);
  EXPECT_NE(bad("TYPE endpoint\nNODE n\nSQL >\n  SELECT 1\n").find("TYPE stands before any NODE"),
            std::string::npos);
  EXPECT_NE(
      bad("NODE n\nSQL >\n  SELECT 1\nSQL >\n  SELECT 2\n").find("Directive is repeated: SQL"),
      std::string::npos);
  EXPECT_NE(bad("TOKEN t APPEND\nNODE n\nSQL >\n  SELECT 1\n").find("allowed: READ"),
            std::string::npos);
  EXPECT_NE(bad("DESCRIPTION nothing\n").find("Pipe has no nodes"), std::string::npos);
}

TEST(Pipe, SurvivesHostileInput) {
  const size_t size = 1u << 20;
  for (const std::string& unit :
       {std::string("NODE a\n"), std::string("SQL >\n"), std::string("TYPE endpoint\n"),
        std::string("x\n"), std::string("COPY_A 1\n"),
        std::string("NODE a\nSQL >\n x\nTYPE materialized\nDATASOURCE b\n")}) {
    std::string text;
    while (text.size() < size) text += unit;
    EXPECT_FALSE(parse_pipe("e", "e", text).errors.empty());
  }
}

TEST(Connection, ReadsSettings) {
  const ConnectionResult result =
      parse_connection("kafka", "kafka.connection",
                       "TYPE kafka\nKAFKA_BOOTSTRAP_SERVERS {{ tb_secret(\"S\", "
                       "\"localhost:9092\") }}\nKAFKA_SECURITY_PROTOCOL sasl_ssl\n"
                       "KAFKA_SSL_CA_PEM >\n    -----BEGIN-----\n    abc\n");
  ASSERT_TRUE(result.file.has_value());
  EXPECT_EQ(result.file->type, "kafka");
  ASSERT_EQ(result.file->settings.size(), 3u);
  EXPECT_EQ(result.file->settings[0].value, "{{ tb_secret(\"S\", \"localhost:9092\") }}");
  EXPECT_EQ(result.file->settings[1].value, "SASL_SSL");
  EXPECT_EQ(result.file->settings[2].value, "-----BEGIN-----\nabc");
  EXPECT_EQ(result.file->warnings.size(), 1u);
}

TEST(Connection, ReportsErrors) {
  EXPECT_EQ(parse_connection("c", "c", "S3_REGION x\n").errors.at(0).message,
            "TYPE directive is required.");
  EXPECT_EQ(parse_connection("c", "c", "TYPE kafk\n").errors.at(0).message,
            "Unknown value for TYPE: kafk");
  EXPECT_EQ(parse_connection("c", "c", "TYPE s3\nSCHEMA >\n a b\n").errors.back().message,
            "Directive does not belong here: SCHEMA");
}

}  // namespace
}  // namespace sp
