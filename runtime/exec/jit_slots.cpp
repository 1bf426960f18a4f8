// Bodies of the slot operations that generated code calls. See jit_slots.h.

#include "runtime/exec/jit_slots.h"

extern "C" {

void sp_exec_persist(sp::ExecState& exec, const sp::SlotOps* ops, void* slot) noexcept {
  // copy() may write the target before it has read the source.
  void* source = exec.scratch.allocate(ops->layout.size, 16);
  std::memcpy(source, slot, ops->layout.size);
  ops->copy(slot, source, exec.persistent);
}

uint64_t sp_exec_hash(const sp::SlotOps* ops, const void* slot) noexcept { return ops->hash(slot); }

uint8_t sp_exec_equal(const sp::SlotOps* ops, const void* a, const void* b) noexcept {
  return ops->equal(a, b);
}

int32_t sp_exec_compare(const sp::SlotOps* ops, const void* a, const void* b,
                        uint8_t absent_first) noexcept {
  return ops->compare(a, b,
                      absent_first != 0 ? sp::SlotOps::Absent::kFirst : sp::SlotOps::Absent::kLast);
}

uint64_t sp_exec_string_prefix(const sp::StringRef* text) noexcept {
  uint64_t bytes;
  std::memcpy(&bytes, text->begin(), sizeof(bytes));
  return __builtin_bswap64(bytes);
}
int32_t sp_exec_compare_strings(const sp::StringRef* a, const sp::StringRef* b) noexcept {
  return sp::compare(*a, *b);
}

uint8_t sp_exec_long_strings_equal(const sp::StringRef* a, const sp::StringRef* b) noexcept {
  return std::memcmp(a->data, b->data, a->size) == 0;
}

void sp_exec_scratch(sp::ExecState& exec, uint64_t size, sp::ArrayRef* memory) noexcept {
  memory->data = exec.scratch.allocate(size, 16);
  memory->size = size;
}

void sp_exec_sizes_differ(sp::ExecState& exec) noexcept {
  exec.fail(sp::ErrorCode(190), "Arrays passed to a lambda must have equal size");
}

void sp_exec_string(const void* bytes, uint64_t size, sp::StringRef* out) noexcept {
  *out = sp::StringRef(static_cast<const char*>(bytes), size);
}

void sp_exec_deserialize(sp::ExecState& exec, const sp::SlotOps* ops, const void* bytes,
                         uint64_t size, void* out) noexcept {
  if (sp::deserialize_slot(ops->type, static_cast<const char*>(bytes), size, out, exec.scratch) ==
      0) {
    std::memset(out, 0, ops->layout.size);
    exec.fail(sp::ErrorCode::kCannotReadAllData, "Stored value is damaged");
  }
}
}
