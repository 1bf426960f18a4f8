#pragma once
// SqlValue: one SQL value in generated code, and the operations that depend only on its type:
// loading and storing slots, hashing, equality, order. Second of the four layers.

#include "compiler/codegen/gen.h"
#include "runtime/core/slot.h"
#include "runtime/core/type.h"

namespace sp::codegen {

/// A value of SQL type `type`. `value` is a scalar (numbers, dates, enums) or a pointer to a slot
/// of the base type (strings, arrays, tuples, wide numbers). `null` is an i1; absent means:
/// statically not NULL. The value of a NULL is initialised garbage.
struct SqlValue {
  Type type;
  llvm::Value* value = nullptr;
  llvm::Value* null = nullptr;
  /// The bytes it points to live until the query's result is written (else: until the end of the
  /// row).
  bool stable = true;

  explicit operator bool() const { return value != nullptr; }
};

/// Where the code generator gets shared objects from (operations of types, contexts):
/// ExecState::objects.
class ObjectSource {
 public:
  virtual ~ObjectSource() = default;
  /// The SlotOps of a type, as a pointer in generated code.
  virtual llvm::Value* slot_operations(Type type) = 0;
  /// The ExecState pointer of the current function.
  virtual llvm::Value* state() = 0;
  virtual bool hash_zero() const = 0;
};

/// True if values of the type travel in registers.
bool is_scalar(Type type);
bool is_signed(Type type);
/// True if a slot of the type refers to other memory (strings, arrays, tuples with such).
bool has_pointers(Type type);
/// LLVM type of a value in flight: the scalar, or a pointer.
llvm::Type* value_type(Gen& gen, Type type);

/// A default (zero) value; `null` makes it NULL.
SqlValue default_value(Gen& gen, Type type, bool null = false);
/// The slot of the default value is all zero bytes.
bool default_is_zeros(Type type);
/// Reads the slot at `slot`.
SqlValue load_slot(Gen& gen, llvm::Value* slot, Type type, const std::string& name, bool stable);
/// Writes a slot of type `as` (its nullability decides whether a flag is written).
void store_slot(Gen& gen, llvm::Value* slot, const SqlValue& value, Type as);
/// Writes a slot and makes it live until the end of the query.
void store_stable(Gen& gen, ObjectSource& objects, llvm::Value* slot, const SqlValue& value,
                  Type as);
/// A pointer to a slot of the value (base type only, or with its null flag).
llvm::Value* spill(Gen& gen, const SqlValue& value, bool with_flag, Type as);
/// value.null as an i1, false if statically not NULL.
llvm::Value* null_flag(Gen& gen, const SqlValue& value);
/// True iff the value is not NULL and not zero.
llvm::Value* as_condition(Gen& gen, const SqlValue& value);
/// An i1 as a UInt8 or Bool value.
SqlValue from_condition(Gen& gen, llvm::Value* condition, llvm::Value* null, Type type);

/// Mixes the value's hash into `seed` (i64).
llvm::Value* hash_value(Gen& gen, ObjectSource& objects, llvm::Value* seed, const SqlValue& value);
/// NULL equals NULL; for keys, not for SQL's `=`.
llvm::Value* keys_equal(Gen& gen, ObjectSource& objects, const SqlValue& a, const SqlValue& b);
/// i32 negative, zero, positive: ascending; NULLs and NaNs last unless `nulls_first`; `descending`
/// reverses values only.
llvm::Value* order_values(Gen& gen, ObjectSource& objects, const SqlValue& a, const SqlValue& b,
                          bool descending, bool nulls_first);
/// Inline comparison of the head, then a call: i1.
llvm::Value* strings_equal(Gen& gen, llvm::Value* a, llvm::Value* b);

}  // namespace sp::codegen
