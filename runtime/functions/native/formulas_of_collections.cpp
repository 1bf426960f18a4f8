// Formulas over arrays, maps and vectors.
// Rows of formula_rows(); see runtime/functions/formula.h.

#include "runtime/functions/native/formula_families.h"

namespace sp {

void add_collection_formulas(std::vector<FormulaRow>& rows) {
  rows.push_back({.name = "mapContainsKeyLike",
                  .forms = {"m, pattern: arrayExists(k -> k LIKE pattern, mapKeys(m))"},
                  .doc = "Returns 1 if a key of `m` is LIKE `pattern`.",
                  .example = "SELECT mapContainsKeyLike(map('abc', 1), 'a%')",
                  .example_result = "1"});
  rows.push_back({.name = "mapContainsValueLike",
                  .forms = {"m, pattern: arrayExists(v -> v LIKE pattern, mapValues(m))"},
                  .doc = "Returns 1 if a value of `m` is LIKE `pattern`.",
                  .example = "SELECT mapContainsValueLike(map('a', 'xyz'), 'x%')",
                  .example_result = "1"});
  rows.push_back({.name = "mapExtractKeyLike",
                  .forms = {"m, pattern: mapFilter((k, v) -> k LIKE pattern, m)"},
                  .doc = "Keeps the entries of `m` whose keys are LIKE `pattern`.",
                  .example = "SELECT mapExtractKeyLike(map('abc', 1, 'x', 2), 'a%')",
                  .example_result = "{'abc':1}"});
  rows.push_back({.name = "mapExtractValueLike",
                  .forms = {"m, pattern: mapFilter((k, v) -> v LIKE pattern, m)"},
                  .doc = "Keeps the entries of `m` whose values are LIKE `pattern`.",
                  .example = "SELECT mapExtractValueLike(map('a', 'xyz', 'b', 'y'), 'x%')",
                  .example_result = "{'a':'xyz'}"});
  rows.push_back({.name = "mapSort",
                  .forms = {"m: mapFromArrays(arraySort(mapKeys(m)), arraySort((v, k) -> k, "
                            "mapValues(m), mapKeys(m)))"},
                  .doc = "Sorts the entries of `m` by their keys.",
                  .example = "SELECT mapSort(map('b', 1, 'a', 2))",
                  .example_result = "{'a':2,'b':1}"});
  rows.push_back({.name = "mapReverseSort",
                  .forms = {"m: mapFromArrays(arrayReverseSort(mapKeys(m)), "
                            "arrayReverseSort((v, k) -> k, mapValues(m), mapKeys(m)))"},
                  .doc = "Sorts the entries of `m` by their keys, in descending order.",
                  .example = "SELECT mapReverseSort(map('b', 1, 'c', 2))",
                  .example_result = "{'c':2,'b':1}"});
  rows.push_back({.name = "arrayShingles",
                  .forms = {"a, size: arrayMap(i -> arraySlice(a, i, size), range(1, "
                            "greatest(length(a) - size + 2, 1)))"},
                  .doc = "Returns all runs of `size` neighbours in `a`.",
                  .example = "SELECT arrayShingles([1, 2, 3], 2)",
                  .example_result = "[[1,2],[2,3]]"});
  rows.push_back({.name = "arrayTranspose",
                  .forms = {"a: arrayMap(i -> arrayMap(r -> r[i], a), range(1, length(a[1]) + "
                            "1))"},
                  .doc = "Turns rows into columns.",
                  .example = "SELECT arrayTranspose([[1, 2], [3, 4]])",
                  .example_result = "[[1,3],[2,4]]"});
  rows.push_back({.name = "arrayReduceInRanges",
                  .forms = {"aggregate, ranges, a: arrayMap(r -> arrayReduce(aggregate, "
                            "arraySlice(a, r.1, r.2)), ranges)",
                            "aggregate, ranges, a, b: arrayMap(r -> arrayReduce(aggregate, "
                            "arraySlice(a, r.1, r.2), arraySlice(b, r.1, r.2)), ranges)"},
                  .doc = "Applies `aggregate` to the elements of each range (begin, length).",
                  .example = "SELECT arrayReduceInRanges('sum', [(1, 2), (2, 2)], [1, 2, 3])",
                  .example_result = "[3,5]"});
  rows.push_back({.name = "arrayTopK",
                  .forms = {"k, a: arraySlice(arrayReverseSort(arrayFilter(x -> x IS NOT NULL, "
                            "a)), 1, k)"},
                  .doc = "Returns the `k` greatest elements, in descending order.",
                  .example = "SELECT arrayTopK(2, [3, 1, 5])",
                  .example_result = "[5,3]"});
  rows.push_back({.name = "arrayBottomK",
                  .forms = {"k, a: arraySlice(arraySort(arrayFilter(x -> x IS NOT NULL, a)), "
                            "1, k)"},
                  .doc = "Returns the `k` least elements, in ascending order.",
                  .example = "SELECT arrayBottomK(2, [3, 1, 5])",
                  .example_result = "[1,3]"});
  rows.push_back({.name = "indexOfAssumeSorted",
                  .forms = {"a, value: indexOf(a, value)"},
                  .doc = "Returns the index of `value` in an array in ascending order, or 0.",
                  .example = "SELECT indexOfAssumeSorted([1, 3, 5], 3)",
                  .example_result = "2"});
  rows.push_back({.name = "replicate",
                  .forms = {"value, a: arrayMap(x -> value, a)"},
                  .doc = "Returns an array of `value`, as long as `a`.",
                  .example = "SELECT replicate(1, ['a', 'b'])",
                  .example_result = "[1,1]"});
  rows.push_back({.name = "arrayShuffle",
                  .forms = {"a: arraySort((x, key) -> key, a, arrayMap(i -> rand64(i), "
                            "arrayEnumerate(a)))"},
                  .doc = "Returns the elements of `a` in a random order.",
                  .example = "SELECT arraySort(arrayShuffle([1, 2, 3]))",
                  .example_result = "[1,2,3]"});
  rows.push_back({.name = "arrayRandomSample",
                  .forms = {"a, size: arraySlice(arraySort((x, key) -> key, a, arrayMap(i -> "
                            "rand64(i), arrayEnumerate(a))), 1, size)"},
                  .doc = "Returns `size` random elements of `a`.",
                  .example = "SELECT length(arrayRandomSample([1, 2, 3], 2))",
                  .example_result = "2"});
  rows.push_back({.name = "arrayZipUnaligned",
                  .forms = {"a, b: arrayMap(i -> (arrayElementOrNull(a, i), "
                            "arrayElementOrNull(b, i)), range(1, greatest(length(a), length(b)) "
                            "+ 1))",
                            "a, b, c: arrayMap(i -> (arrayElementOrNull(a, i), "
                            "arrayElementOrNull(b, i), arrayElementOrNull(c, i)), range(1, "
                            "greatest(length(a), length(b), length(c)) + 1))"},
                  .doc = "Pairs the elements of arrays; NULL where one is shorter.",
                  .example = "SELECT arrayZipUnaligned([1, 2], ['a'])",
                  .example_result = "[(1,'a'),(2,NULL)]"});
  rows.push_back({.name = "arrayAutocorrelation",
                  .forms = {"a: arrayMap(lag -> arraySum((x, y) -> (x - arrayAvg(a)) * (y - "
                            "arrayAvg(a)), arraySlice(a, 1, length(a) - lag), arraySlice(a, lag "
                            "+ 1)) / arraySum(x -> (x - arrayAvg(a)) * (x - arrayAvg(a)), a), "
                            "range(length(a)))",
                            "a, lags: arrayMap(lag -> arraySum((x, y) -> (x - arrayAvg(a)) * "
                            "(y - arrayAvg(a)), arraySlice(a, 1, length(a) - lag), arraySlice(a, "
                            "lag + 1)) / arraySum(x -> (x - arrayAvg(a)) * (x - arrayAvg(a)), "
                            "a), range(least(length(a), lags)))"},
                  .doc = "Returns the correlation of `a` with itself, shifted by 0, 1, ... "
                         "elements.",
                  .example = "SELECT arrayAutocorrelation([1, 2, 3, 4])",
                  .example_result = "[1,0.25,-0.3,-0.45]"});
  rows.push_back({.name = "bitPositionsToArray",
                  .forms = {"n: arrayFilter(i -> bitTest(n, i), "
                            "range(toUInt64(length(bin(n)))))"},
                  .doc = "Returns the positions of the bits of `n` that are 1.",
                  .example = "SELECT bitPositionsToArray(5)",
                  .example_result = "[0,2]"});
  rows.push_back({.name = "bitmaskToArray",
                  .forms = {"n: arrayMap(i -> bitShiftLeft(bitOr(bitAnd(n, 0), 1), i), "
                            "bitPositionsToArray(n))"},
                  .doc = "Returns the powers of two that make up `n`.",
                  .example = "SELECT bitmaskToArray(50)",
                  .example_result = "[2,16,32]"});
  rows.push_back({.name = "arrayROCAUC",
                  .aliases = {"arrayAUC"},
                  .forms = {"scores, labels: arraySum((s, l) -> if(l > 0, arraySum((t, m) -> "
                            "if(m > 0, 0., if(s > t, 1., if(s = t, 0.5, 0.))), scores, labels), "
                            "0.), scores, labels) / (arrayCount(l -> l > 0, labels) * "
                            "arrayCount(l -> l <= 0, labels))"},
                  .doc = "Returns the area under the receiver operating characteristic of "
                         "`scores`.",
                  .example = "SELECT arrayROCAUC([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])",
                  .example_result = "0.75"});
  rows.push_back({.name = "bitmaskToList",
                  .forms = {"n: arrayStringConcat(arrayMap(i -> "
                            "toString(bitShiftLeft(toUInt64(1), i)), bitPositionsToArray(n)), "
                            "',')"},
                  .doc = "Returns the powers of two that make up `n`, as a text.",
                  .example = "SELECT bitmaskToList(5)",
                  .example_result = "1,4"});
  rows.push_back({.name = "L1Normalize",
                  .aliases = {"normalizeL1"},
                  .case_insensitive = true,
                  .forms = {"t: tupleDivideByNumber(t, L1Norm(t))"},
                  .doc = "Divides a vector by its L1 norm.",
                  .example = "SELECT L1Normalize((1, 3))",
                  .example_result = "(0.25,0.75)"});
  rows.push_back({.name = "L2Normalize",
                  .aliases = {"normalizeL2"},
                  .case_insensitive = true,
                  .forms = {"t: tupleDivideByNumber(t, L2Norm(t))"},
                  .doc = "Divides a vector by its L2 norm.",
                  .example = "SELECT L2Normalize((3, 4))",
                  .example_result = "(0.6,0.8)"});
  rows.push_back({.name = "LinfNormalize",
                  .aliases = {"normalizeLinf"},
                  .case_insensitive = true,
                  .forms = {"t: tupleDivideByNumber(t, LinfNorm(t))"},
                  .doc = "Divides a vector by its greatest element.",
                  .example = "SELECT LinfNormalize((3, 4))",
                  .example_result = "(0.75,1)"});
  rows.push_back({.name = "LpNormalize",
                  .aliases = {"normalizeLp"},
                  .case_insensitive = true,
                  .forms = {"t, p: tupleDivideByNumber(t, LpNorm(t, p))"},
                  .doc = "Divides a vector by its Lp norm.",
                  .example = "SELECT LpNormalize((3, 4), 2)",
                  .example_result = "(0.6,0.8)"});
}

}  // namespace sp
