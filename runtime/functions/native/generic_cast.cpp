// The generic bodies of casts: one for each way that an argument is passed. Compiled natively only:
// generated code of both tiers calls them.

#include "runtime/exec/exec_state.h"
#include "runtime/functions/native/nullable_cast.h"
#include "runtime/functions/signature.h"
#include "runtime/text/wide_integer.h"

namespace sp {

namespace {

void run(ExecState& exec, const CastContext* context, const void* value, void* out) noexcept {
  ParseError error;
  if (!context->cast->convert(value, out, exec.scratch, error))
    exec.fail(error.code, std::move(error.message));
}

}  // namespace

#define SP_BODY(suffix, type, kind)                                                         \
  extern "C" void sp_cast_##suffix(ExecState& exec, const CastContext* context, type value, \
                                   void* out) noexcept {                                    \
    run(exec, context, &value, out);                                                        \
  }
SP_BY_NUMBER(SP_BODY)
#undef SP_BODY

extern "C" void sp_cast_slot(ExecState& exec, const CastContext* context, const void* value,
                             void* out) noexcept {
  run(exec, context, value, out);
}

namespace {

Symbol symbol_for(Type type) {
  if (type.can_be_null()) return SP_SYMBOL(sp_cast_slot);
  switch (type.base().kind()) {
    case TypeKind::kBool:
    case TypeKind::kUInt8:
    case TypeKind::kNothing: return SP_SYMBOL(sp_cast_u8);
    case TypeKind::kDate:
    case TypeKind::kUInt16: return SP_SYMBOL(sp_cast_u16);
    case TypeKind::kDateTime:
    case TypeKind::kIpv4:
    case TypeKind::kUInt32: return SP_SYMBOL(sp_cast_u32);
    case TypeKind::kUInt64: return SP_SYMBOL(sp_cast_u64);
    case TypeKind::kEnum8:
    case TypeKind::kInt8: return SP_SYMBOL(sp_cast_i8);
    case TypeKind::kEnum16:
    case TypeKind::kInt16: return SP_SYMBOL(sp_cast_i16);
    case TypeKind::kDate32:
    case TypeKind::kInt32: return SP_SYMBOL(sp_cast_i32);
    case TypeKind::kDateTime64:
    case TypeKind::kInterval:
    case TypeKind::kInt64: return SP_SYMBOL(sp_cast_i64);
    case TypeKind::kFloat32: return SP_SYMBOL(sp_cast_f32);
    case TypeKind::kFloat64: return SP_SYMBOL(sp_cast_f64);
    case TypeKind::kDecimal:
      if (type.base().precision() <= 9) return SP_SYMBOL(sp_cast_i32);
      if (type.base().precision() <= 18) return SP_SYMBOL(sp_cast_i64);
      return SP_SYMBOL(sp_cast_slot);
    default: return SP_SYMBOL(sp_cast_slot);
  }
}

}  // namespace

ResolvedFunction generic_cast_call(Type from, Type result, std::unique_ptr<const ValueCast> cast) {
  auto context = std::make_shared<CastContext>();
  context->cast = std::move(cast);
  ResolvedFunction call = fallible_call(result, symbol_for(from), {from}, std::move(context));
  if (from.can_be_null()) call.nulls = NullPolicy::kSeesNulls;
  return call;
}

ResolvedFunction conversion_call(std::span<const Argument> arguments, Type to,
                                 std::unique_ptr<const ValueCast> cast, OnFailure on_failure,
                                 const void* fallback) {
  const Type given = arguments[0].type;
  if (on_failure == OnFailure::kError) return generic_cast_call(given.base(), to, std::move(cast));
  if (on_failure == OnFailure::kZero) {
    ResolvedFunction call = generic_cast_call(
        given.base(), to, make_lenient(std::move(cast), given.base(), to, fallback));
    call.total = true;
    return call;
  }
  const Type source = given.without_low_cardinality();
  const Type result = Type::nullable(to);
  ResolvedFunction call =
      generic_cast_call(source, result, make_lenient(std::move(cast), source, result, nullptr));
  call.nulls = NullPolicy::kSeesNulls;
  call.arguments = {given};
  call.total = true;
  call.result = restore_low_cardinality(result, arguments.first(1));
  return call;
}

}  // namespace sp
