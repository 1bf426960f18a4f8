#pragma once
// Holders: one remembered value inside an aggregate state (min, max, any, argMin...). Zero bytes
// hold nothing. Copies of strings reuse their buffer, so that a state replaced a million times does
// not grow a million times.

#include <cstring>
#include <memory>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/number_kind.h"

namespace sp {

/// A type known at run time: its operations and how to copy it.
struct SlotContext : AggregateContext {
  enum class Copy : uint8_t { kFlat, kString, kDeep };
  explicit SlotContext(Type slot_type);
  Type type;
  const SlotOps* ops;
  uint32_t size;
  Copy copy;
  std::vector<uint64_t> nothing;  ///< the value of no row: the type's default
  std::shared_ptr<Arena> texts;   ///< of it
  const char* default_value() const noexcept {
    return reinterpret_cast<const char*>(nothing.data());
  }
};

/// True if a slot of `type` holds no pointers.
bool is_flat(Type type);

template <class T>
struct NumberHolder {
  T value;
  uint8_t has;
  void set(T v) noexcept {
    value = v;
    has = 1;
  }
  void write(StateWriter& out) const {
    out.pod(has);
    if (has) out.pod(value);
  }
  bool read(StateReader& in) { return in.pod(has) && (!has || in.pod(value)); }
};

struct StringHolder {
  StringRef value;
  char* buffer;
  uint32_t capacity;
  uint8_t has;
  void set(ExecState& exec, const StringRef& v) noexcept {
    has = 1;
    if (v.is_inline()) {
      value = v;
      return;
    }
    if (v.size > capacity) {
      capacity = v.size < 32 ? 64 : v.size * 2;
      buffer = static_cast<char*>(exec.persistent.allocate(capacity, 1));
    }
    std::memmove(buffer, v.data, v.size);
    value = StringRef(buffer, v.size);
  }
  void write(StateWriter& out) const {
    out.pod(has);
    if (has) out.bytes(value.view());
  }
  /// Reads into `value` without copying: the bytes must outlive this holder.
  bool read(StateReader& in) {
    std::string_view text;
    if (!in.pod(has)) return false;
    if (!has) return true;
    if (!in.bytes(text)) return false;
    value = StringRef(text);
    return true;
  }
};

/// A slot of any type; up to 16 bytes stand inside.
struct SlotHolder {
  alignas(8) char inside[16];
  char* buffer;       // slots over 16 bytes, or the bytes of a long string
  uint32_t capacity;  // of buffer, for strings
  uint8_t has;

  const void* get(const SlotContext& context) const noexcept {
    return context.size <= 16 ? inside : buffer;
  }
  void set(ExecState& exec, const SlotContext& context, const void* slot) noexcept {
    has = 1;
    if (context.copy == SlotContext::Copy::kString) {
      StringRef text = *static_cast<const StringRef*>(slot);
      if (!text.is_inline()) {
        if (text.size > capacity) {
          capacity = text.size < 32 ? 64 : text.size * 2;
          buffer = static_cast<char*>(exec.persistent.allocate(capacity, 1));
        }
        std::memmove(buffer, text.data, text.size);
        text = StringRef(buffer, text.size);
      }
      std::memcpy(inside, &text, sizeof(text));
      return;
    }
    if (context.size > 16 && buffer == nullptr) {
      buffer = static_cast<char*>(exec.persistent.allocate(context.size, 8));
    }
    char* to = context.size <= 16 ? inside : buffer;
    if (context.copy == SlotContext::Copy::kDeep) {
      context.ops->copy(to, slot, exec.persistent);
      return;
    }
    switch (context.size) {
      case 1: *to = *static_cast<const char*>(slot); break;
      case 2: std::memcpy(to, slot, 2); break;
      case 4: std::memcpy(to, slot, 4); break;
      case 8: std::memcpy(to, slot, 8); break;
      default: std::memcpy(to, slot, context.size);
    }
  }
  void finish(const SlotContext& context, void* out) const noexcept;
  void write(const SlotContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const SlotContext& context, StateReader& in);
};

}  // namespace sp
