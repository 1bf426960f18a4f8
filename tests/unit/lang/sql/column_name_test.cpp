// Names of result columns as ClickHouse shows them in `meta`, and the same trees through print,
// parse and clone.

#include "lang/sql/print.h"

#include <gtest/gtest.h>

#include "lang/sql/parse.h"
#include "tests/unit/lang/sql/column_name_pairs.h"

namespace sp::sql {
namespace {

TEST(ColumnName, EqualsClickHouses) {
  for (const auto& [expression, name] : kNamedColumns) {
    Result<QueryPtr> query = parse_query(std::string("SELECT ") + expression);
    ASSERT_TRUE(query.ok()) << expression << ": " << query.error().render();
    std::string names;
    for (const ExprPtr& column : query.value()->select->columns)
      names += (names.empty() ? "" : "|") + column_name(*column);
    EXPECT_EQ(names, name) << expression;
  }
}

TEST(ColumnName, SurvivesPrintingAndCloning) {
  for (const auto& [expression, name] : kNamedColumns) {
    Result<QueryPtr> query = parse_query(std::string("SELECT ") + expression);
    ASSERT_TRUE(query.ok()) << expression;
    const std::string printed = print(*query.value());
    Result<QueryPtr> again = parse_query(printed);
    ASSERT_TRUE(again.ok()) << printed << ": " << again.error().render();
    EXPECT_EQ(dump(*again.value()), dump(*query.value())) << printed;
    const QueryPtr copy = clone(*query.value());
    EXPECT_EQ(print(*copy), printed);
    EXPECT_EQ(dump(*copy), dump(*query.value()));
    for (size_t i = 0; i < copy->select->columns.size(); ++i) {
      EXPECT_TRUE(equal(*copy->select->columns[i], *again.value()->select->columns[i])) << printed;
      EXPECT_EQ(column_name(*copy->select->columns[i]),
                column_name(*again.value()->select->columns[i]))
          << printed;
    }
  }
}

}  // namespace
}  // namespace sp::sql
