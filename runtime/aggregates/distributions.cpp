// Distribution functions, to nearly full precision.

#include "runtime/aggregates/distributions.h"

#ifndef SP_BITCODE
#include <cmath>
#include <limits>

namespace sp {
namespace {

// The continued fraction of I_x(a, b), which converges fast for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto not_zero = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), fraction = d;
  for (int m = 1; m <= 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    fraction *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    fraction *= c * d;
    if (std::fabs(c * d - 1) < std::numeric_limits<double>::epsilon()) break;
  }
  return fraction;
}

// The x where the falling function `tail` reaches `wanted`; doubles the range until it is inside.
template <class Tail>
double falling_inverse(double wanted, Tail&& tail) {
  if (!(wanted > 0 && wanted < 1)) return std::numeric_limits<double>::quiet_NaN();
  double low = -1, high = 1;
  while (tail(low) < wanted && low > -1e300) low *= 2;
  while (tail(high) > wanted && high < 1e300) high *= 2;
  for (int i = 0; i < 2100; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (tail(middle) > wanted ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

double incomplete_beta(double a, double b, double x) noexcept {
  if (!(x > 0)) return x != x ? x : 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_upper_tail(double t, double degrees) noexcept {
  const double half = incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
  return t < 0 ? 1 - half : half;
}

double student_upper_quantile(double tail, double degrees) noexcept {
  return falling_inverse(tail, [=](double t) { return student_upper_tail(t, degrees); });
}

double normal_upper_tail(double z) noexcept { return std::erfc(z / std::sqrt(2.0)) / 2; }

double normal_upper_quantile(double tail) noexcept {
  return falling_inverse(tail, normal_upper_tail);
}

double fisher_upper_tail(double f, double degrees1, double degrees2) noexcept {
  return incomplete_beta(degrees2 / 2, degrees1 / 2, degrees2 / (degrees2 + degrees1 * f));
}

}  // namespace sp
#endif
