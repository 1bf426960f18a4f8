#pragma once
// Slots: how a value of any type lies in memory outside of column storage: in rows of hash tables
// and sort buffers, in arrays, in results, in parameters. Generated code uses the same layout.
//
//   Bool, (U)Int8..64, Float32/64, Date (u16), Date32 (i32), DateTime (u32), DateTime64 (i64),
//     Enum (i8/i16), Interval (i64), IPv4 (u32): their bytes;
//   UUID, (U)Int128, IPv6: 16 bytes, 256-bit: 32 bytes (align 8);
//   Decimal: Int32/64/128/256 by precision;
//   String, FixedString, AggregateFunction (serialized state): StringRef;
//   Array, Map: ArrayRef; Tuple: its elements, each aligned;
//   Nullable(T): T then one flag byte, padded to align;
//   LowCardinality(T), SimpleAggregateFunction(f, T): as T; Nothing: one byte.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/core/string_ref.h"
#include "runtime/core/type.h"

namespace sp {

class Arena;

struct SlotLayout {
  uint32_t size = 1;  ///< bytes, a multiple of align: also the stride in arrays
  uint32_t align = 1;
};

/// Computes the layout of one value.
SlotLayout slot_layout(Type type);

/// Computes offsets of consecutive slots, as in a tuple or a row.
struct RowLayout {
  std::vector<uint32_t> offsets;
  uint32_t size = 0;
  uint32_t align = 1;
};
RowLayout row_layout(const std::vector<Type>& types);

/// Operations on slots whose type is known only at run time. Built once per type, shared by
/// pointer, immutable.
/// Used by generic containers (arrays of any type, groupArray, merging sorted parts); generated
/// code does the same work inline where the type is known.
class SlotOps {
 public:
  virtual ~SlotOps() = default;
  /// Where NULL and NaN stand in an order, be they the value or a part of it.
  enum class Absent : uint8_t { kLast, kFirst };
  /// The place where they lose against any value, in a search for the greatest or the least.
  static constexpr Absent losing(bool greatest) noexcept {
    return greatest ? Absent::kFirst : Absent::kLast;
  }
  /// Orders two slots as ORDER BY ... ASC does, NULLS LAST (NaN before NULL) or NULLS FIRST.
  virtual int compare(const void* a, const void* b, Absent absent) const noexcept = 0;
  int compare(const void* a, const void* b) const noexcept { return compare(a, b, Absent::kLast); }
  virtual bool equal(const void* a,
                     const void* b) const noexcept = 0;     ///< NULL equals NULL; NaN equals NaN
  virtual uint64_t hash(const void* a) const noexcept = 0;  ///< consistent with equal
  /// Copies deeply: strings and arrays are copied into `arena`.
  virtual void copy(void* to, const void* from, Arena& arena) const noexcept = 0;
  Type type;
  SlotLayout layout;
};

/// Returns the operations of a type; the object lives for the life of the process. Thread-safe.
const SlotOps& slot_ops(Type type);

/// Writes ClickHouse's default value: 0, '', [], NULL for Nullable, the first element of an Enum.
void default_slot(Type type, void* slot, Arena& arena);

/// Appends a self-delimiting byte image of a slot (fixed little-endian widths; strings and arrays
/// with varint lengths; one flag byte before a nullable). Used by the commit log, serialized
/// columns and -State values.
void serialize_slot(Type type, const void* slot, std::string& out);
/// Reads one back, allocating from `arena`. Returns bytes consumed, or 0 if `bytes` is malformed.
size_t deserialize_slot(Type type, const char* bytes, size_t size, void* slot, Arena& arena);

}  // namespace sp
