// cramersV, cramersVBiasCorrected, contingency, theilsU over (a, b): how strongly two categories
// depend on each other, from the counts of their pairs. categoricalInformationValue(category...,
// tag): how well each category predicts the tag.

#include <cmath>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/core/slot.h"

namespace sp {

enum class CrossStatistic : uint8_t { kCramersV, kCramersVCorrected, kContingency, kTheilsU };

struct CrossContext : AggregateContext {
  CrossContext(std::vector<Type> types, CrossStatistic wanted)
      : pair(&slot_ops(Type::tuple(types))),
        a(&slot_ops(types[0])),
        b(&slot_ops(types[1])),
        b_offset(row_layout(types).offsets[1]),
        statistic(wanted) {}
  const SlotOps *pair, *a, *b;
  uint32_t b_offset;
  CrossStatistic statistic;
};

// Counts of pairs; those of single values are summed up at the end.
struct CrossTable {
  SlotTable pairs;
  static uint64_t count_of(const char* payload) noexcept {
    uint64_t count;
    std::memcpy(&count, payload, 8);
    return count;
  }
  static void bump(ExecState& exec, SlotTable& table, const SlotOps& ops, const void* slot,
                   uint64_t times) noexcept {
    bool is_new = false;
    char* payload = table.find_or_insert(exec, ops, 8, slot, is_new);
    const uint64_t count = count_of(payload) + times;
    std::memcpy(payload, &count, 8);
  }
  void merge(ExecState& exec, const CrossContext& context, const CrossTable& other) {
    for (char* row : other.pairs.rows) {
      bump(exec, pairs, *context.pair, SlotTable::slot_of(row, 8),
           count_of(SlotTable::payload_of(row)));
    }
  }
  void write(const CrossContext& context, StateWriter& out) const {
    out.varint(pairs.rows.size);
    for (char* row : pairs.rows) {
      out.varint(count_of(SlotTable::payload_of(row)));
      serialize_slot(context.pair->type, SlotTable::slot_of(row, 8), out.text());
    }
  }
  bool read(ExecState& exec, const CrossContext& context, StateReader& in) {
    uint64_t size;
    if (!in.count(size)) return false;
    void* slot = exec.persistent.allocate(context.pair->layout.size, 8);
    for (uint64_t i = 0; i < size; ++i) {
      uint64_t count;
      if (!in.varint(count) || count == 0) return false;
      if (!read_slot(exec, context.pair->type, in, slot)) return false;
      bump(exec, pairs, *context.pair, slot, count);
    }
    return true;
  }
};

// For each category: rows where it holds, by tag; and the rows by tag.
struct InformationContext : AggregateContext {
  uint32_t categories = 0;
};
struct Information {
  GrowingArray<uint64_t> counts;  // [category * 2 + tag]; the last two: all rows
  void prepare(ExecState& exec, const InformationContext& context) noexcept {
    while (counts.size < (context.categories + 1) * 2) counts.push(exec, 0);
  }
  void merge(ExecState& exec, const InformationContext& context, const Information& other) {
    if (other.counts.size == 0) return;
    prepare(exec, context);
    for (uint64_t i = 0; i < counts.size; ++i) counts[i] += other.counts[i];
  }
  void write(const InformationContext&, StateWriter& out) const {
    out.varint(counts.size);
    for (const uint64_t count : counts) out.varint(count);
  }
  bool read(ExecState& exec, const InformationContext& context, StateReader& in) {
    uint64_t size;
    if (!in.count(size)) return false;
    if (size == 0) return true;
    if (size != (context.categories + 1) * 2) return false;
    prepare(exec, context);
    for (uint64_t i = 0; i < size; ++i) {
      uint64_t count;
      if (!in.varint(count)) return false;
      counts[i] += count;
    }
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_cross_add(ExecState& exec, const CrossContext* context, CrossTable* state,
                             const void* row) noexcept {
  CrossTable::bump(exec, state->pairs, *context->pair, row, 1);
}
extern "C" double sp_cross_finish(ExecState& exec, const CrossContext* context,
                                  const CrossTable* state) noexcept;
SP_STATE_BODIES_WITH(sp_cross, CrossContext, CrossTable)

extern "C" void sp_information_add(ExecState& exec, const InformationContext* context,
                                   Information* state, const void* row) noexcept {
  state->prepare(exec, *context);
  const auto* flags = static_cast<const uint8_t*>(row);
  const uint32_t tag = flags[context->categories] != 0 ? 1 : 0;
  for (uint32_t i = 0; i < context->categories; ++i)
    state->counts[i * 2 + tag] += flags[i] != 0 ? 1 : 0;
  ++state->counts[context->categories * 2 + tag];
}
extern "C" void sp_information_finish(ExecState& exec, const InformationContext* context,
                                      const Information* state, ArrayRef* out) noexcept;
SP_STATE_BODIES_WITH(sp_information, InformationContext, Information)

#ifndef SP_BITCODE
#include <algorithm>
#include <limits>

#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

struct Margins {
  SlotTable a{}, b{};
  double count = 0;
};

double real(uint64_t count) { return static_cast<double>(count); }

double find_count(ExecState& exec, SlotTable& table, const SlotOps& ops, const void* slot) {
  bool is_new = false;
  return real(CrossTable::count_of(table.find_or_insert(exec, ops, 8, slot, is_new)));
}

// phi squared: the sum of (ab)^2 / (a b) over pairs, less 1; at most min(|A|, |B|) - 1.
double phi_squared(ExecState& exec, const CrossContext& context, const CrossTable& state,
                   Margins& margins) {
  double sum = 0;
  for (char* row : state.pairs.rows) {
    const char* slot = SlotTable::slot_of(row, 8);
    const double ab = real(CrossTable::count_of(SlotTable::payload_of(row)));
    const double a = find_count(exec, margins.a, *context.a, slot);
    const double b = find_count(exec, margins.b, *context.b, slot + context.b_offset);
    sum += (ab * ab) / (a * b);
  }
  const uint64_t smaller = std::min(margins.a.rows.size, margins.b.rows.size);
  if (smaller <= 1) return 0;
  return std::min(std::max(sum - 1, 0.0), real(smaller - 1));
}

// How much of the uncertainty of a goes away when b is known: (H(A) - H(A|B)) / H(A), with
// ClickHouse's sign rules.
double theils_u(ExecState& exec, const CrossContext& context, const CrossTable& state,
                Margins& margins) {
  double entropy = 0;
  for (char* row : margins.a.rows) {
    const double share = real(CrossTable::count_of(SlotTable::payload_of(row))) / margins.count;
    entropy += share * std::log(share);
  }
  double dependent = 0;
  for (char* row : state.pairs.rows) {
    const char* slot = SlotTable::slot_of(row, 8);
    const double share = real(CrossTable::count_of(SlotTable::payload_of(row))) / margins.count;
    const double share_b =
        find_count(exec, margins.b, *context.b, slot + context.b_offset) / margins.count;
    dependent += share * std::log(share / share_b);
  }
  if (entropy == 0) return 0;
  double coefficient = (entropy - dependent) / entropy;
  if (coefficient < 0 && coefficient > -1e-12) coefficient = 0;
  return coefficient;
}

}  // namespace
}  // namespace sp

extern "C" double sp_cross_finish(ExecState& exec, const CrossContext* context,
                                  const CrossTable* state) noexcept {
  Margins margins;
  for (char* row : state->pairs.rows) {
    const char* slot = SlotTable::slot_of(row, 8);
    const uint64_t count = CrossTable::count_of(SlotTable::payload_of(row));
    CrossTable::bump(exec, margins.a, *context->a, slot, count);
    CrossTable::bump(exec, margins.b, *context->b, slot + context->b_offset, count);
    margins.count += real(count);
  }
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (margins.count < 2) return kNan;
  if (context->statistic == CrossStatistic::kTheilsU)
    return theils_u(exec, *context, *state, margins);
  const double phi = phi_squared(exec, *context, *state, margins);
  const double size_a = real(margins.a.rows.size), size_b = real(margins.b.rows.size);
  switch (context->statistic) {
    case CrossStatistic::kCramersV: {
      const double smaller = std::min(size_a, size_b);
      return std::sqrt(phi / (smaller - 1));
    }
    case CrossStatistic::kCramersVCorrected: {
      const double n = margins.count;
      const double corrected = std::max(0.0, phi - (size_a - 1) * (size_b - 1) / (n - 1));
      const double a = size_a - (size_a - 1) * (size_a - 1) / (n - 1),
                   b = size_b - (size_b - 1) * (size_b - 1) / (n - 1);
      const double smaller = std::min(a, b);
      return std::sqrt(corrected / (smaller - 1));
    }
    default: return std::sqrt(phi / (1 + phi));
  }
}

extern "C" void sp_information_finish(ExecState& exec, const InformationContext* context,
                                      const Information* state, ArrayRef* out) noexcept {
  auto* values = exec.persistent.allocate_array<double>(context->categories);
  for (uint32_t i = 0; i < context->categories; ++i) {
    values[i] = std::numeric_limits<double>::quiet_NaN();
    if (state->counts.size == 0) continue;
    const uint64_t* all = state->counts.data + context->categories * 2;
    const double ratio_no = real(state->counts[i * 2]) / real(all[0]),
                 ratio_yes = real(state->counts[i * 2 + 1]) / real(all[1]);
    values[i] = (ratio_yes - ratio_no) * std::log(ratio_yes / ratio_no);
  }
  *out = {values, context->categories};
}

namespace sp {
namespace {

void add_cross(std::vector<AggregateRow>& rows, const char* name, CrossStatistic statistic,
               const char* doc, const char* example, const char* example_result) {
  rows.push_back({.name = name,
                  .resolve = [=](Arguments parameters, Arguments arguments,
                                 const ResolveOptions&) -> Result<ResolvedAggregate> {
                    SP_TRY_VOID(expect_no_parameters(name, parameters));
                    SP_TRY_VOID(expect_arguments(name, arguments, 2));
                    ResolvedAggregate resolved;
                    resolved.result = Type::of(TypeKind::kFloat64);
                    resolved.pack_from = 0;
                    resolved.context =
                        std::make_shared<CrossContext>(types_of(arguments), statistic);
                    SP_USE_BODIES(resolved, sp_cross, CrossTable);
                    return resolved;
                  },
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
}

Result<ResolvedAggregate> resolve_information(Arguments parameters, Arguments arguments,
                                              const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("categoricalInformationValue", parameters));
  if (arguments.size() < 2) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function categoricalInformationValue requires two or more arguments");
  }
  for (const Argument& argument : arguments) {
    if (argument.type.is(TypeKind::kUInt8) || argument.type.is(TypeKind::kBool)) continue;
    return fail(
        ErrorCode::kBadArguments,
        "All the arguments of aggregate function categoricalInformationValue should be UInt8");
  }
  auto context = std::make_shared<InformationContext>();
  context->categories = static_cast<uint32_t>(arguments.size() - 1);
  ResolvedAggregate resolved;
  resolved.result = Type::array(Type::of(TypeKind::kFloat64));
  resolved.pack_from = 0;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_information, Information);
  return resolved;
}

}  // namespace

SP_AGGREGATES(cross_table) {
  add_cross(rows, "cramersV", CrossStatistic::kCramersV,
            "Cramer's V of `a` and `b`: 0 independent, 1 each determines the other.",
            "SELECT cramersV(number % 3, number % 3) FROM numbers(9)", "1");
  add_cross(rows, "cramersVBiasCorrected", CrossStatistic::kCramersVCorrected,
            "Cramer's V with Bergsma's bias correction.",
            "SELECT cramersVBiasCorrected(number % 3, number % 3) FROM numbers(9)", "1");
  add_cross(rows, "contingency", CrossStatistic::kContingency,
            "The contingency coefficient of `a` and `b`.",
            "SELECT round(contingency(number % 3, number % 3), 4) FROM numbers(9)", "0.8165");
  add_cross(rows, "theilsU", CrossStatistic::kTheilsU,
            "Theil's U: how much knowing `b` tells about `a`, from 0 to 1.",
            "SELECT theilsU(number % 3, number % 2) FROM numbers(6)", "0");
  rows.push_back(
      {.name = "categoricalInformationValue",
       .resolve = &resolve_information,
       .doc = "Array with the information value of each `category` (a condition) for the condition "
              "`tag`.",
       .example = "SELECT categoricalInformationValue(number < 6, number % 2) FROM numbers(12)",
       .example_result = "[0]"});
}

}  // namespace sp
#endif
