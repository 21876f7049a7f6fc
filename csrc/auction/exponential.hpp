// e to the x by multiplications and additions alone, each rounded: the same bits on every path and in the NumPy reference
// (pybench/kernels/reference/auction_exponential.py). Its error is at most 2 units in the last place.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace pybench::auction {

template <typename Real>
struct ExponentialFormat;

template <>
struct ExponentialFormat<float> {
  using Integer = std::int32_t;
  static constexpr int mantissa_bits = 23, exponent_bias = 127, degree = 7;
  static constexpr float whole = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  static constexpr float log_2_high = 0.693359375f, log_2_low = -2.12194440e-4f;
  static constexpr float lowest = -87.0f, highest = 88.0f;
};

template <>
struct ExponentialFormat<double> {
  using Integer = std::int64_t;
  static constexpr int mantissa_bits = 52, exponent_bias = 1023, degree = 13;
  static constexpr double whole = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double log_2_high = 0.693147180369123816490, log_2_low = 1.90821492927058770002e-10;
  static constexpr double lowest = -708.0, highest = 709.0;
};

// 1 / k!, rounded.
template <typename Real>
constexpr Real inverse_factorial(int k) noexcept {
  double product = 1.0;
  for (int i = 2; i <= k; ++i) product *= i;
  return static_cast<Real>(1.0 / product);
}

template <typename Real>
inline Real exponential(Real x) noexcept {
  using Format = ExponentialFormat<Real>;
  using Integer = typename Format::Integer;
  const Real held = std::min(std::max(x, Format::lowest), Format::highest);
  const Real shifted = held * static_cast<Real>(1.0 / 0.693147180559945309417) + Format::whole;
  const Real n = shifted - Format::whole;
  const Real r = (held - n * Format::log_2_high) - n * Format::log_2_low;
  Real power = inverse_factorial<Real>(Format::degree);
  for (int k = Format::degree - 1; k >= 0; --k) power = power * r + inverse_factorial<Real>(k);
  const Integer exponent = std::bit_cast<Integer>(shifted) - std::bit_cast<Integer>(Format::whole);
  return power * std::bit_cast<Real>(static_cast<Integer>((exponent + Format::exponent_bias) << Format::mantissa_bits));
}

}  // namespace pybench::auction
