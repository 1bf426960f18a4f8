#pragma once
// Distribution functions for statistical tests: Student's t, F and the normal distribution.
// Incomplete beta function by its continued fraction (Lentz's method; NIST DLMF 8.17.22), quantiles
// by bisection.

namespace sp {

/// Regularised incomplete beta function I_x(a, b), 0 <= x <= 1.
double incomplete_beta(double a, double b, double x) noexcept;
/// P(T > t) for Student's t with `degrees` degrees of freedom.
double student_upper_tail(double t, double degrees) noexcept;
/// The t with P(T > t) = `tail`, 0 < tail < 1.
double student_upper_quantile(double tail, double degrees) noexcept;
/// P(Z > z) for the standard normal distribution, and its inverse.
double normal_upper_tail(double z) noexcept;
double normal_upper_quantile(double tail) noexcept;
/// P(F > f) for the F distribution.
double fisher_upper_tail(double f, double degrees1, double degrees2) noexcept;

}  // namespace sp
