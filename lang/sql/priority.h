#pragma once
// How tightly operators bind, for the parser (operators.cpp) and the printer
// (print_expression.cpp), which must agree. Source: ClickHouse
// src/Parsers/ExpressionListParsers.cpp.

namespace sp::sql::priority {

constexpr int kLambda = 0;
constexpr int kTernary = 2;
constexpr int kOr = 3;
constexpr int kAnd = 4;
constexpr int kNot = 5;
constexpr int kIs = 6;
constexpr int kBetween = 7;
constexpr int kComparison = 9;
constexpr int kConcat = 10;
constexpr int kAdditive = 11;
constexpr int kMultiplicative = 12;
constexpr int kNegate = 13;
constexpr int kTimeZone = 13;
constexpr int kPostfix = 14;
constexpr int kPrimary = 15;

}  // namespace sp::sql::priority
