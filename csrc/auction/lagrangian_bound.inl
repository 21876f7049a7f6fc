// The sum of lagrangian_bound.cpp over a chunk, for one instruction set: PYBENCH_WIDTH doubles to a register, in namespace
// PYBENCH_PATH. No include guard.
namespace PYBENCH_PATH {
#include "auction/traces.inl"

constexpr std::size_t width = PYBENCH_WIDTH;
using Doubles [[gnu::vector_size(width * sizeof(double))]] = double;

template <typename Real>
struct Loaded {
  using Type [[gnu::vector_size(width * sizeof(Real)), gnu::aligned(alignof(Real)), gnu::may_alias]] = Real;
};

template <typename Real>
inline Doubles load(const Real* from) {
  return __builtin_convertvector(*reinterpret_cast<const typename Loaded<Real>::Type*>(from), Doubles);
}

// NaN tells of a bad entry: no good ones yield one.
template <typename Real>
double excess_of(const Real* value, const Real* price, std::size_t count, double factor) {
  Doubles sum[lanes / width] = {};
  std::size_t step = 0;
  for (; step + lanes <= count; step += lanes) {
    for (std::size_t part = 0; part < lanes / width; ++part) {
      const std::size_t at = step + part * width;
      const Doubles excess = load(value + at) - factor * load(price + at);
      sum[part] += excess > 0.0 ? excess : Doubles{};
    }
  }
  double lane_sum[lanes];
  std::memcpy(lane_sum, sum, sizeof sum);
  for (std::size_t lane = 0; step < count; ++step, ++lane) {
    const double excess = static_cast<double>(value[step]) - factor * static_cast<double>(price[step]);
    lane_sum[lane] += excess > 0.0 ? excess : 0.0;
  }
  if (is_bad(rule_bits_of(value, count) | rule_bits_of(price, count))) return std::numeric_limits<double>::quiet_NaN();
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) lane_sum[lane] = lane_sum[2 * lane] + lane_sum[2 * lane + 1];
  }
  return lane_sum[0];
}

}  // namespace PYBENCH_PATH
