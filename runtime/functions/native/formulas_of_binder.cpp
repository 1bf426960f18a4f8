// Functions that the binder knows itself: what they mean depends on the query around them, or on
// their arguments' elements. Their rows have no forms; the code is in compiler/bind
// (bind_formula.cpp, bind_tuple.cpp, bind_set.cpp, bind_array_join.cpp).
// Rows of formula_rows(); see runtime/functions/formula.h.

#include "runtime/functions/native/formula_families.h"

namespace sp {

void add_binder_functions(std::vector<FormulaRow>& rows) {
  rows.push_back({.name = "arrayJoin",
                  .forms = {},
                  .doc = "Makes a row of each element of `array`.",
                  .example = "SELECT arrayJoin([1, 2])",
                  .example_result = "1\n2"});
  rows.push_back({.name = "in",
                  .aliases = {"globalIn"},
                  .forms = {},
                  .doc = "Returns 1 if a value is one of a list, an array, a table or the rows of "
                         "a query (`x IN (1, 2)`).",
                  .example = "SELECT 1 IN (1, 2)",
                  .example_result = "1"});
  rows.push_back({.name = "notIn",
                  .aliases = {"globalNotIn"},
                  .forms = {},
                  .doc = "Returns 1 if a value is none of a list, an array, a table or the rows of "
                         "a query (`x NOT IN (1, 2)`).",
                  .example = "SELECT 1 NOT IN (1, 2)",
                  .example_result = "0"});
  rows.push_back({.name = "getSubcolumn",
                  .forms = {},
                  .doc = "Returns the part `name` of a value: an element of a tuple, `size0`, "
                         "`keys`, `values`, `null`, `size`.",
                  .example = "SELECT getSubcolumn([1, 2], 'size0')",
                  .example_result = "2"});
  rows.push_back({.name = "mapAdd",
                  .forms = {},
                  .doc = "Adds the values of maps, key by key.",
                  .example = "SELECT mapAdd(map('a', 1), map('a', 2))",
                  .example_result = "{'a':3}"});
  rows.push_back({.name = "mapSubtract",
                  .forms = {},
                  .doc = "Subtracts the values of maps, key by key.",
                  .example = "SELECT mapSubtract(map('a', 1), map('a', 2))",
                  .example_result = "{'a':18446744073709551615}"});
  rows.push_back({.name = "joinGet",
                  .forms = {},
                  .doc = "Returns `column` of the row of a data source that has the given keys; "
                         "its default value if there is none."});
  rows.push_back({.name = "joinGetOrNull",
                  .forms = {},
                  .doc = "Returns `column` of the row of a data source that has the given keys; "
                         "NULL if there is none."});
  rows.push_back({.name = "rowNumberInBlock",
                  .forms = {},
                  .doc = "Counts the rows of the SELECT from 0, in its order.",
                  .example = "SELECT rowNumberInBlock()",
                  .example_result = "0"});
  rows.push_back({.name = "rowNumberInAllBlocks",
                  .forms = {},
                  .doc = "Counts the rows of the SELECT from 0, in its order.",
                  .example = "SELECT rowNumberInAllBlocks()",
                  .example_result = "0"});
  rows.push_back({.name = "neighbor",
                  .forms = {},
                  .doc = "Returns the value of the row `offset` (a literal) rows behind or, if "
                         "negative, before; `default` beyond the ends.",
                  .example = "SELECT neighbor(1, 1, 5)",
                  .example_result = "5"});
  rows.push_back(
      {.name = "runningDifference",
       .forms = {},
       .doc =
           "Returns the difference to the row before, in the order of the SELECT; 0 for the first.",
       .example = "SELECT runningDifference(1)",
       .example_result = "0"});
  rows.push_back({.name = "runningDifferenceStartingWithFirstValue",
                  .forms = {},
                  .doc = "Returns the difference to the row before, in the order of the SELECT; "
                         "the value itself for the first.",
                  .example = "SELECT runningDifferenceStartingWithFirstValue(5)",
                  .example_result = "5"});
  rows.push_back({.name = "tuplePlus",
                  .aliases = {"vectorSum"},
                  .forms = {},
                  .doc = "Adds tuples element by element (`a + b`).",
                  .example = "SELECT tuplePlus((1, 2), (2, 3))",
                  .example_result = "(3,5)"});
  rows.push_back({.name = "tupleMinus",
                  .aliases = {"vectorDifference"},
                  .forms = {},
                  .doc = "Subtracts tuples element by element (`a - b`).",
                  .example = "SELECT tupleMinus((1, 2), (2, 3))",
                  .example_result = "(-1,-1)"});
  rows.push_back({.name = "tupleMultiply",
                  .forms = {},
                  .doc = "Multiplies tuples element by element.",
                  .example = "SELECT tupleMultiply((1, 2), (2, 3))",
                  .example_result = "(2,6)"});
  rows.push_back({.name = "tupleDivide",
                  .forms = {},
                  .doc = "Divides tuples element by element.",
                  .example = "SELECT tupleDivide((1, 2), (2, 4))",
                  .example_result = "(0.5,0.5)"});
  rows.push_back({.name = "tupleIntDiv",
                  .forms = {},
                  .doc = "Divides tuples element by element, to whole numbers.",
                  .example = "SELECT tupleIntDiv((15, 10), (5, 3))",
                  .example_result = "(3,3)"});
  rows.push_back({.name = "tupleIntDivOrZero",
                  .forms = {},
                  .doc = "Divides tuples element by element, to whole numbers; by 0 it is 0.",
                  .example = "SELECT tupleIntDivOrZero((15, 10), (0, 3))",
                  .example_result = "(0,3)"});
  rows.push_back({.name = "tupleModulo",
                  .forms = {},
                  .doc = "Returns the remainders of tuples, element by element.",
                  .example = "SELECT tupleModulo((15, 10), (4, 3))",
                  .example_result = "(3,1)"});
  rows.push_back({.name = "tupleMultiplyByNumber",
                  .forms = {},
                  .doc = "Multiplies the elements of a tuple by a number.",
                  .example = "SELECT tupleMultiplyByNumber((1, 2), 3)",
                  .example_result = "(3,6)"});
  rows.push_back({.name = "tupleDivideByNumber",
                  .forms = {},
                  .doc = "Divides the elements of a tuple by a number.",
                  .example = "SELECT tupleDivideByNumber((1, 2), 2)",
                  .example_result = "(0.5,1)"});
  rows.push_back({.name = "tupleIntDivByNumber",
                  .forms = {},
                  .doc = "Divides the elements of a tuple by a number, to whole numbers.",
                  .example = "SELECT tupleIntDivByNumber((15, 10), 4)",
                  .example_result = "(3,2)"});
  rows.push_back(
      {.name = "tupleIntDivOrZeroByNumber",
       .forms = {},
       .doc = "Divides the elements of a tuple by a number, to whole numbers; by 0 it is 0.",
       .example = "SELECT tupleIntDivOrZeroByNumber((15, 10), 0)",
       .example_result = "(0,0)"});
  rows.push_back({.name = "tupleModuloByNumber",
                  .forms = {},
                  .doc = "Returns the remainders of the elements of a tuple by a number.",
                  .example = "SELECT tupleModuloByNumber((15, 10), 4)",
                  .example_result = "(3,2)"});
  rows.push_back(
      {.name = "tuplePositiveModuloByNumber",
       .forms = {},
       .doc =
           "Returns the remainders of the elements of a tuple by a number, none of them negative.",
       .example = "SELECT tuplePositiveModuloByNumber((-1, 10), 4)",
       .example_result = "(3,2)"});
  rows.push_back({.name = "tupleNegate",
                  .forms = {},
                  .doc = "Negates the elements of a tuple.",
                  .example = "SELECT tupleNegate((1, -2))",
                  .example_result = "(-1,2)"});
  rows.push_back({.name = "tupleHammingDistance",
                  .forms = {},
                  .doc = "Counts the places in which two tuples differ.",
                  .example = "SELECT tupleHammingDistance((1, 2), (1, 3))",
                  .example_result = "1"});
  rows.push_back({.name = "tupleConcat",
                  .forms = {},
                  .doc = "Joins tuples.",
                  .example = "SELECT tupleConcat((1, 2), ('a', 'b'))",
                  .example_result = "(1,2,'a','b')"});
  rows.push_back({.name = "tupleNames",
                  .forms = {},
                  .doc = "Returns the names of the elements of a tuple.",
                  .example = "SELECT tupleNames((1, 2))",
                  .example_result = "['1','2']"});
  rows.push_back({.name = "tupleToNameValuePairs",
                  .forms = {},
                  .doc = "Returns the names and values of the elements of a tuple, as pairs.",
                  .example = "SELECT tupleToNameValuePairs((1, 2))",
                  .example_result = "[('1',1),('2',2)]"});
  rows.push_back(
      {.name = "flattenTuple",
       .forms = {},
       .doc = "Makes one tuple of a tuple of tuples.",
       .example =
           "SELECT flattenTuple(CAST((1, (2, 3)) AS Tuple(a UInt8, b Tuple(c UInt8, d UInt8))))",
       .example_result = "(1,2,3)"});
}

}  // namespace sp
