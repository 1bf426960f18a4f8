// arraySum, arrayAvg, arrayProduct, arrayMin, arrayMax, arrayCumSum, arrayCumSumNonNegative,
// arrayDifference: folds over one array, which is the array of the lambda's results if there is a
// lambda.

#include <cmath>

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {

struct ReductionContext : ArrayContext {
  explicit ReductionContext(Type element) : ArrayContext(element) {}
  void (*fold)(const void* data, uint64_t size, void* out) noexcept = nullptr;
  uint32_t result_stride = 8;
  bool greatest = false;
};

namespace {

template <class T>
using Sum = std::conditional_t<std::is_floating_point_v<T>, double,
                               std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>;
template <class T>
using Wrapping = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;

template <class T>
struct SumFold {
  static void run(const void* data, uint64_t size, void* out) noexcept {
    Wrapping<Sum<T>> sum{};
    for (uint64_t i = 0; i < size; ++i)
      sum += static_cast<Wrapping<Sum<T>>>(static_cast<Sum<T>>(static_cast<const T*>(data)[i]));
    *static_cast<Sum<T>*>(out) = static_cast<Sum<T>>(sum);
  }
};
template <class T>
struct AverageFold {
  static void run(const void* data, uint64_t size, void* out) noexcept {
    Sum<T> sum{};
    SumFold<T>::run(data, size, &sum);
    *static_cast<double*>(out) =
        size == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(size);
  }
};
template <class T>
struct ProductFold {
  static void run(const void* data, uint64_t size, void* out) noexcept {
    double product = size == 0 ? 0 : 1;
    for (uint64_t i = 0; i < size; ++i)
      product *= static_cast<double>(static_cast<const T*>(data)[i]);
    *static_cast<double*>(out) = std::is_integral_v<T> ? product + 0.0 : product;  // no -0
  }
};
template <class T>
struct RunningSumFold {
  static void run(const void* data, uint64_t size, void* out) noexcept {
    Wrapping<Sum<T>> sum{};
    for (uint64_t i = 0; i < size; ++i) {
      sum += static_cast<Wrapping<Sum<T>>>(static_cast<Sum<T>>(static_cast<const T*>(data)[i]));
      static_cast<Sum<T>*>(out)[i] = static_cast<Sum<T>>(sum);
    }
  }
};
template <class T>
struct NonNegativeSumFold {
  static void run(const void* data, uint64_t size, void* out) noexcept {
    Sum<T> sum{};
    for (uint64_t i = 0; i < size; ++i) {
      sum += static_cast<Sum<T>>(static_cast<const T*>(data)[i]);
      if constexpr (!std::is_unsigned_v<T>) {
        if (sum < 0) sum = 0;
      }
      static_cast<Sum<T>*>(out)[i] = sum;
    }
  }
};

// ClickHouse's type of a difference: signed and one step wider.
template <class T>
using Difference =
    std::conditional_t<std::is_floating_point_v<T>, double,
                       std::conditional_t<sizeof(T) == 1, int16_t,
                                          std::conditional_t<sizeof(T) == 2, int32_t, int64_t>>>;
template <class T>
struct DifferenceFold {
  static void run(const void* data, uint64_t size, void* out) noexcept {
    using D = Difference<T>;
    const auto* values = static_cast<const T*>(data);
    for (uint64_t i = 0; i < size; ++i) {
      D difference{};
      if (i > 0) {
        difference = static_cast<D>(static_cast<Wrapping<D>>(static_cast<D>(values[i])) -
                                    static_cast<Wrapping<D>>(static_cast<D>(values[i - 1])));
      }
      static_cast<D*>(out)[i] = difference;
    }
  }
};

template <template <class> class Fold>
decltype(ReductionContext::fold) fold_of(Type element) {
  switch (element.kind()) {
#define SP_X(suffix, type, kind) \
  case TypeKind::kind: return &Fold<type>::run;
    SP_BY_NUMBER(SP_X)
#undef SP_X
    case TypeKind::kBool: return &Fold<uint8_t>::run;
    default: return nullptr;
  }
}

Type sum_of(Type element) {
  return element.is_float()            ? float64_type()
         : element.is_signed_integer() ? int64_type()
                                       : uint64_type();
}

}  // namespace

extern "C" void sp_array_fold(const ReductionContext* context, const void* tuple,
                              void* out) noexcept {
  const auto& values = *static_cast<const ArrayRef*>(tuple);
  context->fold(values.data, values.size, out);
}
extern "C" void sp_array_scan(ExecState& exec, const ReductionContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  const auto& values = *static_cast<const ArrayRef*>(tuple);
  void* items = exec.scratch.allocate(values.size * context->result_stride, 8);
  context->fold(values.data, values.size, items);
  *out = {items, values.size};
}
extern "C" void sp_array_extreme(const ReductionContext* context, const void* tuple,
                                 void* out) noexcept {
  const auto& values = *static_cast<const ArrayRef*>(tuple);
  const void* best = context->blank.data();
  for (uint64_t i = 0; i < values.size; ++i) {
    const void* value = element_at(values, context->stride, i);
    if (i == 0) {
      best = value;
      continue;
    }
    const int order = context->ops->compare(value, best, SlotOps::losing(context->greatest));
    if (context->greatest ? order > 0 : order < 0) best = value;
  }
  std::memcpy(out, best, context->stride);
}

namespace {

enum class Reduction {
  kSum,
  kAverage,
  kProduct,
  kMinimum,
  kMaximum,
  kRunningSum,
  kNonNegativeSum,
  kDifference
};

Resolver reduction(const char* function, Reduction kind) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    const bool has_lambda = arguments[0].type.is(TypeKind::kLambda);
    if (has_lambda && arguments.size() < 2) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  std::string("Function ") + function + " needs at least one array argument");
    }
    if (!has_lambda && arguments.size() > 1) return illegal_argument(arguments, 0, "a lambda");
    SP_TRY(const Type first, array_element_type(arguments, has_lambda ? 1 : 0));
    const Type element = has_lambda ? arguments[0].type.inner().back() : first;
    std::vector<Type> casts = argument_types(arguments);
    casts[0] = Type::array(element);
    const bool extreme = kind == Reduction::kMinimum || kind == Reduction::kMaximum;
    // NULLs that a lambda gives lose against any value.
    if (extreme && (has_lambda || !element.can_be_null()) &&
        !element.base().is(TypeKind::kNothing)) {
      auto context = std::make_shared<ReductionContext>(element);
      context->greatest = kind == Reduction::kMaximum;
      return packed_call(element, SP_SYMBOL(sp_array_extreme), std::move(casts), context);
    }
    Type computed = element;
    if (element.is(TypeKind::kDecimal)) {
      computed = float64_type();
      casts[0] = Type::array(computed);
    }
    if (extreme || !computed.is_number() || number_width(computed) > 8) {
      return fail(
          ErrorCode::kIllegalTypeOfArgument,
          std::string("Function ") + function + " cannot be performed on type " + element.name());
    }
    auto context = std::make_shared<ReductionContext>(computed);
    const Type sum = sum_of(computed);
    switch (kind) {
      case Reduction::kSum:
        context->fold = fold_of<SumFold>(computed);
        return packed_call(sum, SP_SYMBOL(sp_array_fold), std::move(casts), context);
      case Reduction::kAverage:
        context->fold = fold_of<AverageFold>(computed);
        return packed_call(float64_type(), SP_SYMBOL(sp_array_fold), std::move(casts), context);
      case Reduction::kProduct:
        context->fold = fold_of<ProductFold>(computed);
        return packed_call(float64_type(), SP_SYMBOL(sp_array_fold), std::move(casts), context);
      case Reduction::kRunningSum:
        context->fold = fold_of<RunningSumFold>(computed);
        return packed_call(Type::array(sum), SP_SYMBOL(sp_array_scan), std::move(casts), context);
      case Reduction::kNonNegativeSum:
        context->fold = fold_of<NonNegativeSumFold>(computed);
        return packed_call(Type::array(sum), SP_SYMBOL(sp_array_scan), std::move(casts), context);
      default: break;
    }
    const Type difference = sum_type(computed, computed, true);
    context->fold = fold_of<DifferenceFold>(computed);
    context->result_stride = number_width(difference);
    return packed_call(Type::array(difference), SP_SYMBOL(sp_array_scan), std::move(casts),
                       context);
  };
}

}  // namespace

SP_FUNCTIONS(array_reductions) {
  const auto add = [&](const char* name, Reduction kind, const char* doc, const char* example,
                       const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = 1,
                    .nulls = NullPolicy::kSeesNulls,
                    .takes_lambda = true,
                    .resolve = reduction(name, kind),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("arraySum", Reduction::kSum, "Returns the sum of the elements, or of `lambda` over them.",
      "SELECT arraySum(x -> x * 2, [1, 2])", "6");
  add("arrayAvg", Reduction::kAverage,
      "Returns the mean of the elements, or of `lambda` over them.", "SELECT arrayAvg([1, 2])",
      "1.5");
  add("arrayProduct", Reduction::kProduct,
      "Returns the product of the elements, or of `lambda` over them.",
      "SELECT arrayProduct([2, 3])", "6");
  add("arrayMin", Reduction::kMinimum,
      "Returns the least element, or the least result of `lambda`.", "SELECT arrayMin([2, 1])",
      "1");
  add("arrayMax", Reduction::kMaximum,
      "Returns the greatest element, or the greatest result of `lambda`.",
      "SELECT arrayMax(x -> -x, [1, 2])", "-1");
  add("arrayCumSum", Reduction::kRunningSum,
      "Returns the running sums of the elements, or of `lambda` over them.",
      "SELECT arrayCumSum([1, 1, 2])", "[1,2,4]");
  add("arrayCumSumNonNegative", Reduction::kNonNegativeSum,
      "Returns the running sums of the elements, each at least 0.",
      "SELECT arrayCumSumNonNegative([1, -2, 3])", "[1,0,3]");
  add("arrayDifference", Reduction::kDifference,
      "Returns the differences of neighbouring elements, first 0.",
      "SELECT arrayDifference([1, 3, 2])", "[0,2,-1]");
}

}  // namespace sp
