// covarPopMatrix, covarSampMatrix, corrMatrix over (x1, x2, ...): the table of the statistic of
// each pair of arguments.

#include <cmath>
#include <limits>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"

namespace sp {

enum class MatrixStatistic : uint8_t { kCovarPop, kCovarSamp, kCorr };

struct MatrixContext : AggregateContext {
  uint32_t size = 0;
  MatrixStatistic statistic = MatrixStatistic::kCovarPop;
};

// Sums: the rows, each argument, and each product of two (i <= j).
struct MatrixSums {
  GrowingArray<double> sums;
  static uint64_t product(uint32_t size, uint32_t i, uint32_t j) noexcept {
    return 1 + size + uint64_t{i} * size + j;
  }
  void prepare(ExecState& exec, uint32_t size) noexcept {
    while (sums.size < 1 + size + uint64_t{size} * size) sums.push(exec, 0.0);
  }
  void add(ExecState& exec, const MatrixContext& context, const double* x) noexcept {
    prepare(exec, context.size);
    sums[0] += 1;
    for (uint32_t i = 0; i < context.size; ++i) {
      sums[1 + i] += x[i];
      for (uint32_t j = i; j < context.size; ++j) sums[product(context.size, i, j)] += x[i] * x[j];
    }
  }
  void merge(ExecState& exec, const MatrixContext& context, const MatrixSums& other) {
    if (other.sums.size == 0) return;
    prepare(exec, context.size);
    for (uint64_t i = 0; i < sums.size; ++i) sums[i] += other.sums[i];
  }
  void write(const MatrixContext&, StateWriter& out) const {
    out.varint(sums.size);
    for (const double sum : sums) out.pod(sum);
  }
  bool read(ExecState& exec, const MatrixContext& context, StateReader& in) {
    uint64_t count;
    if (!in.count(count, 8)) return false;
    if (count == 0) return true;
    if (count != 1 + context.size + uint64_t{context.size} * context.size) return false;
    prepare(exec, context.size);
    for (double& sum : sums) {
      double more;
      if (!in.pod(more)) return false;
      sum += more;
    }
    return true;
  }
  double value(const MatrixContext& context, uint32_t i, uint32_t j) const noexcept {
    if (sums.size == 0) return std::numeric_limits<double>::quiet_NaN();
    const double n = sums[0], x = sums[1 + i], y = sums[1 + j];
    const double xy = sums[product(context.size, i < j ? i : j, i < j ? j : i)];
    switch (context.statistic) {
      case MatrixStatistic::kCovarPop: return (xy - x * y / n) / n;
      case MatrixStatistic::kCovarSamp: return (xy - x * y / n) / (n - 1);
      case MatrixStatistic::kCorr: {
        const double xx = sums[product(context.size, i, i)], yy = sums[product(context.size, j, j)];
        return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
      }
    }
    return 0;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_matrix_add(ExecState& exec, const MatrixContext* context, MatrixSums* state,
                              const void* row) noexcept {
  state->add(exec, *context, static_cast<const double*>(row));
}
extern "C" void sp_matrix_finish(ExecState& exec, const MatrixContext* context,
                                 const MatrixSums* state, ArrayRef* out) noexcept {
  auto* rows = exec.persistent.allocate_array<ArrayRef>(context->size);
  for (uint32_t i = 0; i < context->size; ++i) {
    auto* values = exec.persistent.allocate_array<double>(context->size);
    for (uint32_t j = 0; j < context->size; ++j) values[j] = state->value(*context, i, j);
    rows[i] = {values, context->size};
  }
  *out = {rows, context->size};
}
SP_STATE_BODIES_WITH(sp_matrix, MatrixContext, MatrixSums)

#ifndef SP_BITCODE
#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

void add_matrix(std::vector<AggregateRow>& rows, const char* name, MatrixStatistic statistic,
                const char* doc, const char* example, const char* example_result) {
  rows.push_back({.name = name,
                  .resolve = [=](Arguments parameters, Arguments arguments,
                                 const ResolveOptions&) -> Result<ResolvedAggregate> {
                    SP_TRY_VOID(expect_no_parameters(name, parameters));
                    if (arguments.empty()) {
                      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                                  "Aggregate function " + std::string(name) +
                                      " requires at least one argument");
                    }
                    for (const Argument& argument : arguments) {
                      if (!argument.type.is_number()) return illegal_type(name, argument.type);
                    }
                    auto context = std::make_shared<MatrixContext>();
                    context->size = static_cast<uint32_t>(arguments.size());
                    context->statistic = statistic;
                    ResolvedAggregate resolved;
                    const Type real = Type::of(TypeKind::kFloat64);
                    resolved.arguments.assign(arguments.size(), real);
                    resolved.result = Type::array(Type::array(real));
                    resolved.pack_from = 0;
                    resolved.context = std::move(context);
                    SP_USE_BODIES(resolved, sp_matrix, MatrixSums);
                    return resolved;
                  },
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
}

}  // namespace

SP_AGGREGATES(covariance_matrix) {
  add_matrix(rows, "covarPopMatrix", MatrixStatistic::kCovarPop,
             "Population covariances of all pairs of arguments `x`.",
             "SELECT covarPopMatrix(number, -number) FROM numbers(5)", "[[2,-2],[-2,2]]");
  add_matrix(rows, "covarSampMatrix", MatrixStatistic::kCovarSamp,
             "Sample covariances of all pairs of arguments `x`.",
             "SELECT covarSampMatrix(number, -number) FROM numbers(5)", "[[2.5,-2.5],[-2.5,2.5]]");
  add_matrix(rows, "corrMatrix", MatrixStatistic::kCorr,
             "Correlations of all pairs of arguments `x`.",
             "SELECT corrMatrix(number, -number) FROM numbers(5)", "[[1,-1],[-1,1]]");
}

}  // namespace sp
#endif
