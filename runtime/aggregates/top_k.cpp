// topK(n)(x), topKWeighted(n)(x, weight), approx_top_k(n)(x), approx_top_sum(n)(x, weight): the
// most frequent values, approximately. Filtered Space-Saving (Homem, Carvalho
// 2010) with the reduction of Cafaro et al. for merging; constants as ClickHouse's, so that results
// are alike.

#include <algorithm>
#include <bit>

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct TopKContext : SlotContext {
  explicit TopKContext(Type slot_type) : SlotContext(slot_type) {}
  uint64_t k = 10;
  uint64_t capacity = 30;
  bool counts = false;
  uint32_t result_stride = 0, count_offset = 0, error_offset = 0;
};

struct TopKCounter {
  char* slot;
  uint64_t hash, count, error;
  // By what is certain first.
  bool operator>(const TopKCounter& other) const {
    const uint64_t mine = count - error, theirs = other.count - other.error;
    return mine > theirs || (mine == theirs && count > other.count);
  }
};

struct TopKState {
  GrowingArray<TopKCounter> counters;
  uint32_t* places;  // 1 + index into counters; power of two entries; null while they are few
  uint64_t* alpha;   // counts of evicted values, by hash; null while there are none
  uint64_t place_mask, alpha_mask;
  GrowingArray<char*> free_slots;

  void add(ExecState& exec, const TopKContext& context, const void* slot, uint64_t weight) noexcept;
  void merge(ExecState& exec, const TopKContext& context, const TopKState& other);
  void write(const TopKContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const TopKContext& context, StateReader& in);
  void finish(ExecState& exec, const TopKContext& context, ArrayRef* out) const noexcept;

 private:
  void make_places(ExecState& exec, const TopKContext& context) noexcept;
  void make_alpha(ExecState& exec, const TopKContext& context) noexcept;
  uint64_t largest_evicted(const TopKContext& context) const noexcept;
  TopKCounter* find(const TopKContext& context, const void* slot, uint64_t hash) noexcept;
  void push(ExecState& exec, const TopKContext& context, const void* slot, uint64_t hash,
            uint64_t count, uint64_t error) noexcept;
  void truncate(ExecState& exec, const TopKContext& context) noexcept;
  void rebuild() noexcept;
};

}  // namespace sp

using namespace sp;

extern "C" void sp_top_k_add(ExecState& exec, const TopKContext* context, TopKState* state,
                             const void* slot) noexcept {
  state->add(exec, *context, slot, 1);
}
extern "C" void sp_top_k_weighted_add(ExecState& exec, const TopKContext* context, TopKState* state,
                                      const void* slot, uint64_t weight) noexcept {
  state->add(exec, *context, slot, weight);
}
extern "C" void sp_top_k_finish(ExecState& exec, const TopKContext* context, const TopKState* state,
                                ArrayRef* out) noexcept {
  state->finish(exec, *context, out);
}
SP_STATE_BODIES_WITH(sp_top_k, TopKContext, TopKState)

#ifndef SP_BITCODE
namespace sp {

namespace {
constexpr uint64_t kMaxAlpha = UINT32_MAX;
constexpr uint64_t kMostScanned = 16;  // counters that are found one by one
uint64_t target_size(const TopKContext& context) {
  return std::max<uint64_t>(64, context.capacity * 2);
}
uint64_t alpha_size(const TopKContext& context) { return std::bit_ceil(context.capacity * 6 + 1); }
}  // namespace

void TopKState::make_places(ExecState& exec, const TopKContext& context) noexcept {
  const uint64_t entries = std::bit_ceil(target_size(context) * 4);
  places = exec.persistent.allocate_array<uint32_t>(entries);
  place_mask = entries - 1;
  rebuild();
}

void TopKState::make_alpha(ExecState& exec, const TopKContext& context) noexcept {
  if (alpha != nullptr) return;
  const uint64_t size = alpha_size(context);
  alpha = exec.persistent.allocate_array<uint64_t>(size);
  std::memset(alpha, 0, size * sizeof(uint64_t));
  alpha_mask = size - 1;
}

TopKCounter* TopKState::find(const TopKContext& context, const void* slot, uint64_t hash) noexcept {
  if (places == nullptr) {
    for (TopKCounter& counter : counters) {
      if (counter.hash == hash && context.ops->equal(counter.slot, slot)) return &counter;
    }
    return nullptr;
  }
  for (uint64_t at = hash & place_mask; places[at] != 0; at = (at + 1) & place_mask) {
    TopKCounter& counter = counters[places[at] - 1];
    if (counter.hash == hash && context.ops->equal(counter.slot, slot)) return &counter;
  }
  return nullptr;
}

void TopKState::rebuild() noexcept {
  std::memset(places, 0, (place_mask + 1) * sizeof(uint32_t));
  for (uint64_t i = 0; i < counters.size; ++i) {
    uint64_t at = counters[i].hash & place_mask;
    while (places[at] != 0) at = (at + 1) & place_mask;
    places[at] = static_cast<uint32_t>(i + 1);
  }
}

void TopKState::push(ExecState& exec, const TopKContext& context, const void* slot, uint64_t hash,
                     uint64_t count, uint64_t error) noexcept {
  char* copy;
  if (free_slots.size > 0)
    copy = free_slots[--free_slots.size];
  else
    copy = static_cast<char*>(exec.persistent.allocate(context.size, 8));
  context.ops->copy(copy, slot, exec.persistent);
  counters.push(exec, {copy, hash, count, error});
  if (places == nullptr) {
    if (counters.size > kMostScanned) make_places(exec, context);
    return;
  }
  uint64_t at = hash & place_mask;
  while (places[at] != 0) at = (at + 1) & place_mask;
  places[at] = static_cast<uint32_t>(counters.size);
}

void TopKState::truncate(ExecState& exec, const TopKContext& context) noexcept {
  if (counters.size < target_size(context)) return;
  make_alpha(exec, context);
  TopKCounter* keep_end = counters.begin() + context.capacity;
  std::nth_element(counters.begin(), keep_end, counters.end(), std::greater<TopKCounter>());
  for (const TopKCounter* counter = keep_end; counter != counters.end(); ++counter) {
    uint64_t& lost = alpha[counter->hash & alpha_mask];
    lost = std::min(lost + counter->count - counter->error, kMaxAlpha);
    free_slots.push(exec, counter->slot);
  }
  counters.size = context.capacity;
  rebuild();
}

void TopKState::add(ExecState& exec, const TopKContext& context, const void* slot,
                    uint64_t weight) noexcept {
  const uint64_t hash = context.ops->hash(slot);
  if (TopKCounter* counter = find(context, slot, hash)) {
    counter->count += weight;
    return;
  }
  const uint64_t lost =
      alpha == nullptr || counters.size < context.capacity ? 0 : alpha[hash & alpha_mask];
  push(exec, context, slot, hash, lost + weight, lost);
  truncate(exec, context);
}

uint64_t TopKState::largest_evicted(const TopKContext& context) const noexcept {
  if (alpha == nullptr || counters.size < context.capacity) return 0;
  return *std::max_element(alpha, alpha + alpha_mask + 1);
}

void TopKState::merge(ExecState& exec, const TopKContext& context, const TopKState& other) {
  if (other.counters.size == 0) return;
  const uint64_t mine = largest_evicted(context), theirs = other.largest_evicted(context);
  for (TopKCounter& counter : counters) {
    counter.count += theirs;
    counter.error += theirs;
  }
  // So that there is a place for each, in a table of four times the target.
  if (counters.size + other.counters.size > target_size(context) * 2) truncate(exec, context);
  for (const TopKCounter& counter : other.counters) {
    if (TopKCounter* current = find(context, counter.slot, counter.hash)) {
      current->count += counter.count - theirs;
      current->error += counter.error - theirs;
    } else {
      push(exec, context, counter.slot, counter.hash, counter.count + mine, counter.error + mine);
    }
  }
  if (other.alpha != nullptr) {
    make_alpha(exec, context);
    for (uint64_t i = 0; i <= alpha_mask; ++i)
      alpha[i] = std::min(alpha[i] + other.alpha[i], kMaxAlpha);
  }
  truncate(exec, context);
}

void TopKState::write(const TopKContext& context, StateWriter& out) const {
  out.varint(counters.size);
  for (const TopKCounter& counter : counters) {
    serialize_slot(context.type, counter.slot, out.text());
    out.varint(counter.count);
    out.varint(counter.error);
  }
  for (uint64_t i = 0; counters.size > 0 && i < alpha_size(context); ++i)
    out.varint(alpha == nullptr ? 0 : alpha[i]);
}

bool TopKState::read(ExecState& exec, const TopKContext& context, StateReader& in) {
  TopKState other{};
  uint64_t count;
  if (!in.count(count, 3) || count > target_size(context)) return false;
  if (count == 0) return true;
  other.make_alpha(exec, context);
  void* slot = exec.persistent.allocate(context.size, 8);
  for (uint64_t i = 0; i < count; ++i) {
    if (!read_slot(exec, context.type, in, slot)) return false;
    uint64_t number, error;
    if (!in.varint(number) || !in.varint(error) || error > number) return false;
    other.push(exec, context, slot, context.ops->hash(slot), number, error);
  }
  for (uint64_t i = 0; i <= other.alpha_mask; ++i) {
    if (!in.varint(other.alpha[i])) return false;
  }
  merge(exec, context, other);
  return true;
}

void TopKState::finish(ExecState& exec, const TopKContext& context, ArrayRef* out) const noexcept {
  GrowingArray<TopKCounter> sorted{};
  sorted.append(exec, counters.data, counters.size);
  const uint64_t size = std::min(context.k, sorted.size);
  std::partial_sort(sorted.begin(), sorted.begin() + size, sorted.end(),
                    std::greater<TopKCounter>());
  char* slots = static_cast<char*>(exec.persistent.allocate(size * context.result_stride + 1, 8));
  for (uint64_t i = 0; i < size; ++i) {
    char* to = slots + i * context.result_stride;
    std::memcpy(to, sorted[i].slot, context.size);
    if (!context.counts) continue;
    std::memcpy(to + context.count_offset, &sorted[i].count, 8);
    std::memcpy(to + context.error_offset, &sorted[i].error, 8);
  }
  *out = {slots, size};
}

namespace {

// kCounts: approx_top_k, whose second parameter is the number of counters and whose result has
// counts.
template <bool kWeighted, bool kCounts>
Result<ResolvedAggregate> resolve_top_k(Arguments parameters, Arguments arguments,
                                        const ResolveOptions&) {
  constexpr std::string_view name = kCounts     ? (kWeighted ? "approx_top_sum" : "approx_top_k")
                                    : kWeighted ? "topKWeighted"
                                                : "topK";
  SP_TRY_VOID(expect_arguments(name, arguments, kWeighted ? 2 : 1));
  const Type type = arguments[0].type;
  auto context = std::make_shared<TopKContext>(type);
  uint64_t load_factor = 3;
  if (!parameters.empty()) {
    const auto k = constant_unsigned(parameters[0]);
    if (!k || *k == 0 || *k > 65536) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "Too large parameter(s) for aggregate function '" + std::string(name) +
                      "' (maximum is 65536)");
    }
    context->k = *k;
  }
  context->counts = kCounts;
  context->capacity = context->k * load_factor;
  if (kCounts && parameters.size() > 1) {
    const auto reserved = constant_unsigned(parameters[1]);
    if (!reserved || *reserved == 0 || *reserved > 65536 * 256) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "Too large parameter(s) for aggregate function '" + std::string(name) + "'");
    }
    context->capacity = std::max(context->k, *reserved);
  }
  if (!kCounts && parameters.size() > 1) {
    const auto factor = constant_unsigned(parameters[1]);
    if (!factor || *factor == 0 || *factor > 65536) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "The load factor of " + std::string(name) + " must be a positive integer");
    }
    load_factor = *factor;
  }
  if (!kCounts && parameters.size() > 2) {
    if (parameters[2].constant_text() != "counts") {
      return fail(ErrorCode::kBadArguments,
                  "The third parameter of " + std::string(name) + " can only be 'counts'");
    }
    context->counts = true;
  }
  if (!kCounts) context->capacity = context->k * load_factor;
  const Type u64 = Type::of(TypeKind::kUInt64);
  const Type element =
      context->counts ? Type::tuple({type, u64, u64}, {"item", "count", "error"}) : type;
  context->result_stride = slot_layout(element).size;
  if (context->counts) {
    const RowLayout layout = row_layout(element.inner());
    context->count_offset = layout.offsets[1];
    context->error_offset = layout.offsets[2];
  }
  ResolvedAggregate resolved;
  resolved.result = Type::array(element);
  resolved.arguments = {type};
  SP_USE_BODIES(resolved, sp_top_k, TopKState);
  if (kWeighted) {
    if (!arguments[1].type.is_integer()) return illegal_type(name, arguments[1].type);
    resolved.add = SP_SYMBOL(sp_top_k_weighted_add);
    resolved.arguments.push_back(u64);
  }
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(top_k) {
  rows.push_back(
      {.name = "topK",
       .resolve = &resolve_top_k<false, false>,
       .doc = "Array of the `n` (default 10) most frequent values of `x`, approximately.",
       .example = "SELECT topK(1)(number % 7 = 0) FROM numbers(100)",
       .example_result = "[0]"});
  rows.push_back({.name = "topKWeighted",
                  .resolve = &resolve_top_k<true, false>,
                  .doc = "The same, each value counted `weight` times.",
                  .example = "SELECT topKWeighted(1)(number % 3, number) FROM numbers(9)",
                  .example_result = "[2]"});
  rows.push_back({.name = "approx_top_k",
                  .aliases = {"approx_top_count"},
                  .resolve = &resolve_top_k<false, true>,
                  .doc = "Array of (item, count, error) of the `n` most frequent values of `x`; "
                         "parameters `n` and the number of counters.",
                  .example = "SELECT approx_top_k(1)(number % 7 = 0) FROM numbers(100)",
                  .example_result = "[(0,85,0)]"});
  rows.push_back({.name = "approx_top_sum",
                  .resolve = &resolve_top_k<true, true>,
                  .doc = "The same, each value counted `weight` times.",
                  .example = "SELECT approx_top_sum(1)(number % 3, number) FROM numbers(9)",
                  .example_result = "[(2,15,0)]"});
}

}  // namespace sp
#endif
