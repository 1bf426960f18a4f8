// Formulas over numbers: bounds, powers, remainders with NULL, random distributions.
// Rows of formula_rows(); see runtime/functions/formula.h.

#include "runtime/functions/native/formula_families.h"

namespace sp {

void add_number_formulas(std::vector<FormulaRow>& rows) {
  rows.push_back({.name = "clamp",
                  .forms = {"x, low, high: greatest(low, least(x, high))"},
                  .doc = "Returns `x`, at least `low` and at most `high`.",
                  .example = "SELECT clamp(15, 1, 10)",
                  .example_result = "10"});
  rows.push_back({.name = "sigmoid",
                  .forms = {"x: 1 / (1 + exp(-x))"},
                  .doc = "Returns the logistic function of `x`.",
                  .example = "SELECT sigmoid(0)",
                  .example_result = "0.5"});
  rows.push_back({.name = "sqr",
                  .forms = {"x: x * x"},
                  .doc = "Returns the square of `x`.",
                  .example = "SELECT sqr(7)",
                  .example_result = "49"});
  rows.push_back({.name = "intExp2",
                  .forms = {"x: multiIf(x < 0, toUInt64(0), x >= 64, 18446744073709551615, "
                            "bitShiftLeft(toUInt64(1), toUInt8(x)))"},
                  .doc = "Returns 2 to the power `x`, as an integer.",
                  .example = "SELECT intExp2(10)",
                  .example_result = "1024"});
  rows.push_back({.name = "intExp10",
                  .forms = {"x: multiIf(x < 0, toUInt64(0), x >= 20, 18446744073709551615, "
                            "CAST([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, "
                            "100000000, 1000000000, 10000000000, 100000000000, 1000000000000, "
                            "10000000000000, 100000000000000, 1000000000000000, "
                            "10000000000000000, 100000000000000000, 1000000000000000000, "
                            "10000000000000000000] AS Array(UInt64))[toUInt8(x) + 1])"},
                  .doc = "Returns 10 to the power `x`, as an integer.",
                  .example = "SELECT intExp10(3)",
                  .example_result = "1000"});
  rows.push_back({.name = "moduloOrNull",
                  .aliases = {"modOrNull"},
                  .forms = {"a, b: if(b = 0, NULL, modulo(a, b))"},
                  .doc = "Returns the remainder of `a` by `b`; NULL if `b` is 0.",
                  .example = "SELECT moduloOrNull(7, 0)",
                  .example_result = "\\N"});
  rows.push_back({.name = "positiveModuloOrNull",
                  .aliases = {"positive_modulo_or_null", "pmodOrNull"},
                  .forms = {"a, b: if(b = 0, NULL, positiveModulo(a, b))"},
                  .doc = "Returns the remainder of `a` by `b` that is not negative; NULL if "
                         "`b` is 0.",
                  .example = "SELECT positiveModuloOrNull(-7, 3)",
                  .example_result = "2"});
  rows.push_back({.name = "intDivOrNull",
                  .forms = {"a, b: if(b = 0, NULL, intDiv(a, b))"},
                  .doc = "Returns the whole part of `a` by `b`; NULL if `b` is 0.",
                  .example = "SELECT intDivOrNull(7, 0)",
                  .example_result = "\\N"});
  rows.push_back({.name = "roundDown",
                  .forms = {"x, bounds: multiIf(x < arrayMin(bounds), arrayMin(bounds), "
                            "notEmpty(bounds), arrayMax(arrayFilter(b -> b <= x, bounds)), x)"},
                  .doc = "Rounds `x` down to an element of `bounds`; below all of them it "
                         "is the least.",
                  .example = "SELECT roundDown(7, [3, 4, 5])",
                  .example_result = "5"});
  rows.push_back({.name = "countDigits",
                  .forms = {"x: toUInt8(length(toString(abs(x))))"},
                  .doc = "Counts the decimal digits of an integer.",
                  .example = "SELECT countDigits(1024)",
                  .example_result = "4"});
  rows.push_back({.name = "byteSize",
                  .forms = {"x string: toUInt64(length(x) + 8)",
                            "x: toUInt64(length(reinterpretAsFixedString(x)))"},
                  .doc = "Returns the bytes that `x` takes in memory.",
                  .example = "SELECT byteSize('abc')",
                  .example_result = "11"});
  rows.push_back({.name = "isNullable",
                  .forms = {"x: match(toTypeName(x), '^(LowCardinality[(])?Nullable[(]')"},
                  .doc = "Returns 1 if the type of `x` is Nullable.",
                  .example = "SELECT isNullable(toNullable(1))",
                  .example_result = "1"});
  rows.push_back({.name = "defaultValueOfArgumentType",
                  .forms = {"x: arrayElement([x], 2)"},
                  .doc = "Returns the default value of the type of `x`.",
                  .example = "SELECT defaultValueOfArgumentType('x') = ''",
                  .example_result = "1"});
  rows.push_back(
      {.name = "firstNonDefault",
       .forms = {"a: a", "a, b: if(isNull(a) OR a = defaultValueOfArgumentType(a), b, a)",
                 "a, b, c: firstNonDefault(a, firstNonDefault(b, c))",
                 "a, b, c, d: firstNonDefault(a, firstNonDefault(b, c, d))"},
       .doc = "Returns the first argument that is neither NULL nor its type's "
              "default value.",
       .example = "SELECT firstNonDefault(0, 3, 4)",
       .example_result = "3"});
  rows.push_back({.name = "financialNetPresentValue",
                  .forms = {"rate, flows: arraySum((x, i) -> x / pow(1 + rate, i - 1), flows, "
                            "arrayEnumerate(flows))",
                            "rate, flows, from_zero: arraySum((x, i) -> x / pow(1 + rate, i - "
                            "if(from_zero, 1, 0)), flows, arrayEnumerate(flows))"},
                  .doc = "Returns the net present value of `flows` at the interest `rate`.",
                  .example = "SELECT financialNetPresentValue(0.5, [-100., 60., 60.])",
                  .example_result = "-33.33333333333333"});
  rows.push_back({.name = "randExponential",
                  .forms = {"rate: -log(1 - randUniform(0, 1)) / rate"},
                  .doc = "Returns a random number of the exponential distribution.",
                  .example = "SELECT randExponential(1) >= 0",
                  .example_result = "1"});
  rows.push_back({.name = "randLogNormal",
                  .forms = {"mean, deviation: exp(randNormal(mean, deviation))"},
                  .doc = "Returns a random number whose logarithm is of the normal "
                         "distribution.",
                  .example = "SELECT randLogNormal(0, 1) > 0",
                  .example_result = "1"});
  rows.push_back({.name = "randBernoulli",
                  .forms = {"probability: toUInt8(randUniform(0, 1) < probability)"},
                  .doc = "Returns 1 with `probability`, else 0.",
                  .example = "SELECT randBernoulli(1)",
                  .example_result = "1"});
}

}  // namespace sp
