// Driving an aggregate through its Symbols.

#include "runtime/aggregates/nested.h"

#ifndef SP_BITCODE
#include <cstring>

#include "runtime/aggregates/native_call.h"
#include "runtime/core/check.h"

namespace sp {
namespace {

// Starts a call with what every body may want first.
NativeCall begin_call(const Symbol& symbol, ExecState* exec, const AggregateContext* context) {
  NativeCall call;
  if (symbol.takes_state) call.pointer(exec);
  if (symbol.takes_context) call.pointer(context);
  return call;
}

}  // namespace

Nested::Nested(ResolvedAggregate aggregate, std::vector<bool> nullable)
    : aggregate_(std::move(aggregate)),
      nullable_(std::move(nullable)) {
  nullable_.resize(aggregate_.arguments.size(), false);
  for (const Type type : aggregate_.arguments) value_sizes_.push_back(slot_layout(type).size);
  const size_t values = aggregate_.arguments.size() - (aggregate_.has_condition ? 1 : 0);
  passed_ = add_argument_count(aggregate_);
  if (aggregate_.pack_from != ResolvedAggregate::kNotPacked) {
    passed_ = aggregate_.pack_from;
    packed_end_ = values;
    packed_ = row_layout({aggregate_.arguments.begin() + static_cast<ptrdiff_t>(passed_),
                          aggregate_.arguments.begin() + static_cast<ptrdiff_t>(values)});
  }
  all_ = row_layout(aggregate_.arguments);
  flag_offset_ = aggregate_.state_size;
  const uint32_t bytes = aggregate_.state_size + (aggregate_.null_when_empty ? 1 : 0);
  state_size_ =
      (bytes + aggregate_.state_align - 1) / aggregate_.state_align * aggregate_.state_align;
}

void Nested::init(void* state) const noexcept {
  std::memset(state, 0, state_size_);
  if (!aggregate_.init) return;
  NativeCall call = begin_call(aggregate_.init, nullptr, aggregate_.context.get());
  call.pointer(state);
  call.call(aggregate_.init, nullptr);
}

void Nested::add(ExecState& exec, void* state, const void* const* slots) const noexcept {
  for (size_t i = 0; i < nullable_.size(); ++i) {
    if (nullable_[i] && static_cast<const char*>(slots[i])[value_sizes_[i]] != 0) return;
  }
  if (aggregate_.has_condition && *static_cast<const uint8_t*>(slots[nullable_.size() - 1]) == 0)
    return;
  add_slots(exec, state, slots);
}

void Nested::add_slots(ExecState& exec, void* state, const void* const* slots) const noexcept {
  if (aggregate_.null_when_empty) static_cast<char*>(state)[flag_offset_] = 1;
  const Symbol& add = aggregate_.add;
  NativeCall call = begin_call(add, &exec, aggregate_.context.get());
  call.pointer(state);
  // In an add without arguments the state itself was described as the out slot.
  for (size_t i = 0; i < passed_; ++i) call.slot(add.arguments[i + 1], slots[i]);
  if (packed_end_ > 0) {
    char* row = static_cast<char*>(exec.scratch.allocate(packed_.size + 1, 8));
    for (size_t i = passed_; i < packed_end_; ++i) {
      std::memcpy(row + packed_.offsets[i - passed_], slots[i], value_sizes_[i]);
    }
    call.pointer(row);
  }
  call.call(add, nullptr);
}

void Nested::add_packed(ExecState& exec, void* state, const void* row) const noexcept {
  constexpr size_t kMost = 96;
  SP_CHECK(all_.offsets.size() <= kMost);
  const void* slots[kMost];
  if (aggregate_.has_condition && static_cast<const char*>(row)[all_.offsets.back()] == 0) return;
  for (size_t i = 0; i < all_.offsets.size(); ++i)
    slots[i] = static_cast<const char*>(row) + all_.offsets[i];
  add_slots(exec, state, slots);
}

void Nested::merge(ExecState& exec, void* into, const void* from) const noexcept {
  if (aggregate_.null_when_empty) {
    static_cast<char*>(into)[flag_offset_] = static_cast<char>(
        static_cast<char*>(into)[flag_offset_] | static_cast<const char*>(from)[flag_offset_]);
  }
  NativeCall call = begin_call(aggregate_.merge, &exec, aggregate_.context.get());
  call.pointer(into);
  call.pointer(from);
  call.call(aggregate_.merge, nullptr);
}

void Nested::finish(ExecState& exec, const void* state, void* out) const noexcept {
  if (aggregate_.null_when_empty) {
    const bool empty = static_cast<const char*>(state)[flag_offset_] == 0;
    const uint32_t value_size = slot_layout(aggregate_.result.without_nullable()).size;
    static_cast<char*>(out)[value_size] = empty ? 1 : 0;
    if (empty) {
      std::memset(out, 0, value_size);
      return;
    }
  }
  NativeCall call = begin_call(aggregate_.finish, &exec, aggregate_.context.get());
  call.pointer(state);
  if (aggregate_.finish.has_out) call.pointer(out);
  call.call(aggregate_.finish, out);
}

void Nested::serialize(const void* state, std::string* out) const noexcept {
  if (aggregate_.null_when_empty) out->push_back(static_cast<const char*>(state)[flag_offset_]);
  NativeCall call = begin_call(aggregate_.serialize, nullptr, aggregate_.context.get());
  call.pointer(state);
  call.pointer(out);
  call.call(aggregate_.serialize, nullptr);
}

bool Nested::deserialize(ExecState& exec, void* state, const StringRef& bytes) const noexcept {
  std::string_view rest = bytes.view();
  if (aggregate_.null_when_empty) {
    if (rest.empty()) return false;
    char* flag = static_cast<char*>(state) + flag_offset_;
    *flag = static_cast<char>(*flag | rest[0]);
    rest.remove_prefix(1);
  }
  const StringRef plain(rest);
  NativeCall call = begin_call(aggregate_.deserialize, &exec, aggregate_.context.get());
  call.pointer(state);
  call.pointer(&plain);
  return call.call_bool(aggregate_.deserialize);
}

}  // namespace sp
#endif
