#include "draft/softmax.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "core/errors.hpp"
#include "core/scratch.hpp"
#include "core/simd.hpp"
#include "draft/laws.hpp"

namespace pybench::draft {
namespace {

constexpr std::size_t softmax_lanes = 16;
constexpr std::size_t softmax_block = 512;  // of weights that are still in the first-level cache when they are summed

// How exp is made in a format. The series at |x| <= ln(2)/2 is cut where what is left is below half a unit in the last
// place; ln 2 is split so that a whole number times its upper part is exact.
template <typename Real>
struct ExpFormat;

template <>
struct ExpFormat<float> {
  using Bits = std::uint32_t;
  static constexpr std::size_t degree = 7;
  static constexpr int mantissa_bits = 23;
  static constexpr Bits bias = 127;
  static constexpr float least = -87.0f;
  static constexpr float log2_e = 1.44269504088896341f;
  static constexpr float round = 12582912.0f;
  static constexpr float ln2_high = 0x1.62ep-1f;
  static constexpr float ln2_low = static_cast<float>(0x1.62e42fefa39efp-1 - 0x1.62ep-1);
};

template <>
struct ExpFormat<double> {
  using Bits = std::uint64_t;
  static constexpr std::size_t degree = 13;
  static constexpr int mantissa_bits = 52;
  static constexpr Bits bias = 1023;
  static constexpr double least = -708.0;
  static constexpr double log2_e = 1.44269504088896341;
  static constexpr double round = 6755399441055744.0;
  static constexpr double ln2_high = 0x1.62e42fep-1;
  static constexpr double ln2_low = 0x1.f473de6af278fp-30;
};

// 1/k!, the Taylor series of exp.
template <typename Real>
constexpr auto reciprocal_factorials = [] {
  std::array<Real, ExpFormat<Real>::degree + 1> table{};
  double value = 1.0;
  for (std::size_t k = 0; k < table.size(); ++k) {
    if (k > 1) value /= static_cast<double>(k);
    table[k] = static_cast<Real>(value);
  }
  return table;
}();

#define PYBENCH_LOOPS "draft/softmax.inl"
#include "core/simd_paths.inl"

template <typename Real>
Real largest_of(std::span<const Real> logits, bool& good) {
  PYBENCH_ON_ACTIVE_PATH(largest_of(logits, good));
}

template <typename Real>
double exponentials_of(std::span<const Real> logits, Real largest, Real rate, Real* weights) {
  PYBENCH_ON_ACTIVE_PATH(exponentials_of(logits, largest, rate, weights));
}

template <typename Real>
[[noreturn]] void refuse(std::span<const Real> logits, const char* name, std::int64_t row) {
  const std::string where = name_of_row(name, row);
  for (std::size_t token = 0; token < logits.size(); ++token) {
    if (logits[token] <= std::numeric_limits<Real>::max()) continue;
    throw InvalidInput(where + "[" + std::to_string(token) + "] is " + (std::isnan(logits[token]) ? "nan" : "inf") +
                       ": a logit must be finite, or minus infinity for a token that cannot come");
  }
  throw InvalidInput(where + " is minus infinity throughout: at least one token must be possible");
}

// The least weight among the k largest.
template <typename Real>
Real kth_largest(std::span<const Real> weights, std::size_t k) {
  Scratch<Real> copy(weights.size());
  std::copy(weights.begin(), weights.end(), copy.data());
  std::nth_element(copy.data(), copy.data() + (k - 1), copy.data() + weights.size(), std::greater<Real>());
  return copy[k - 1];
}

// The least weight among the fewest largest ones that sum to `wanted`. O(V) expected: halves until one is left.
template <typename Real>
Real least_of_mass(std::span<const Real> weights, double wanted) {
  Scratch<Real> copy(weights.size());
  std::copy(weights.begin(), weights.end(), copy.data());
  Real *begin = copy.data(), *end = begin + weights.size();
  while (end - begin > 1) {
    Real* middle = begin + (end - begin) / 2;
    std::nth_element(begin, middle, end, std::greater<Real>());
    double sum = 0.0;
    for (const Real* at = begin; at != middle; ++at) sum += static_cast<double>(*at);
    if (sum >= wanted) {
      end = middle;
    } else {
      wanted -= sum;
      begin = middle;
    }
  }
  return *begin;
}

// Drops all below a weight; the sum of what is left.
template <typename Real>
double keep_from(std::span<Real> weights, Real least) {
  double sum = 0.0;
  for (Real& weight : weights) {
    if (weight < least) weight = Real{0};
    sum += static_cast<double>(weight);
  }
  return sum;
}

}  // namespace

template <typename Real>
void softmax(std::span<const Real> logits, const Sampling& sampling, std::span<Real> law, const char* name,
             std::int64_t row) {
  bool good = true;
  const Real largest = largest_of(logits, good);
  if (!good || largest == -std::numeric_limits<Real>::infinity()) refuse(logits, name, row);
  double sum = exponentials_of(logits, largest, static_cast<Real>(1.0 / sampling.temperature), law.data());
  if (sampling.top_k > 0 && static_cast<std::size_t>(sampling.top_k) < law.size()) {
    sum = keep_from(law, kth_largest<Real>(law, static_cast<std::size_t>(sampling.top_k)));
  }
  if (sampling.top_p < 1.0) sum = keep_from(law, least_of_mass<Real>(law, sampling.top_p * sum));
  const auto scale = static_cast<Real>(1.0 / sum);
  for (Real& weight : law) weight *= scale;
}

template void softmax<float>(std::span<const float>, const Sampling&, std::span<float>, const char*, std::int64_t);
template void softmax<double>(std::span<const double>, const Sampling&, std::span<double>, const char*, std::int64_t);

}  // namespace pybench::draft
