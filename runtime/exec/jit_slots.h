#pragma once
// Operations on slots that generated code calls: deep copies, comparisons and hashes of types
// without an inline form, scratch memory, deserialisation of stored values. In the bitcode, so that
// the small ones inline.

#include <cstdint>

#include "runtime/core/slot.h"
#include "runtime/exec/exec_state.h"

extern "C" {
/// Makes a slot of any type outlive the morsel: deep copy into ExecState::persistent.
void sp_exec_persist(sp::ExecState& exec, const sp::SlotOps* ops, void* slot) noexcept;
uint64_t sp_exec_hash(const sp::SlotOps* ops, const void* slot) noexcept;
uint8_t sp_exec_equal(const sp::SlotOps* ops, const void* a, const void* b) noexcept;
int32_t sp_exec_compare(const sp::SlotOps* ops, const void* a, const void* b,
                        uint8_t absent_first) noexcept;
/// Its first eight bytes as a number whose order is that of the strings; missing ones are zero.
uint64_t sp_exec_string_prefix(const sp::StringRef* text) noexcept;
int32_t sp_exec_compare_strings(const sp::StringRef* a, const sp::StringRef* b) noexcept;
/// Equality of two strings of one size, longer than the inline form.
uint8_t sp_exec_long_strings_equal(const sp::StringRef* a, const sp::StringRef* b) noexcept;
/// Memory until the end of the morsel.
void sp_exec_scratch(sp::ExecState& exec, uint64_t size, sp::ArrayRef* memory) noexcept;
/// Fails the query: a lambda was given arrays of different sizes.
void sp_exec_sizes_differ(sp::ExecState& exec) noexcept;
/// Builds the slot of a string stored as bytes.
void sp_exec_string(const void* bytes, uint64_t size, sp::StringRef* out) noexcept;
/// Reads a serialize_slot() image into a slot; pointed-to values go to the scratch arena.
void sp_exec_deserialize(sp::ExecState& exec, const sp::SlotOps* ops, const void* bytes,
                         uint64_t size, void* out) noexcept;
}
