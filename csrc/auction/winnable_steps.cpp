#include "auction/winnable_steps.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {
namespace {

// What was to be paid before each step: one chain of additions. Returns what is to be paid in all.
template <typename Real>
Real sum_before(const Real* target, std::size_t steps, Real* target_before) {
  Real planned{0};
  for (std::size_t t = 0; t < steps; ++t) {
    target_before[t] = planned;
    planned += target[t];
  }
  return planned;
}

// The steps from `begin` on, after `count` that were taken. No branch: which step can be won is not foreseen.
template <typename Real>
std::size_t take_each(const Real* value, const Real* price, std::size_t begin, std::size_t steps, std::size_t count,
                      Real* values, Real* prices, Real* target_before) {
  for (std::size_t t = begin; t < steps; ++t) {
    const Real v = value[t], d = price[t], before = target_before[t];
    values[count] = v;
    prices[count] = d;
    target_before[count] = before;
    count += static_cast<std::size_t>(v >= d);
  }
  return count;
}

template <typename Real>
WinnableSteps<Real> take_portable(const Real* value, const Real* price, const Real* target, std::size_t steps, Real* values,
                                  Real* prices, Real* target_before) {
  const Real planned = sum_before(target, steps, target_before);
  return {take_each(value, price, 0, steps, 0, values, prices, target_before), values, prices, target_before, planned};
}

#if PYBENCH_X86
// A register's worth at once: the entries are pushed together within registers, and whole registers are stored, each over
// the idle end of the one before. (Stores that push together on their way to memory are far slower on some machines.)
PYBENCH_TARGET_AVX512 WinnableSteps<float> take_avx512(const float* value, const float* price, const float* target,
                                                       std::size_t steps, float* values, float* prices,
                                                       float* target_before) {
  const float planned = sum_before(target, steps, target_before);
  std::size_t count = 0, t = 0;
  for (; t + 16 <= steps; t += 16) {
    const __m512 v = _mm512_loadu_ps(value + t), d = _mm512_loadu_ps(price + t), before = _mm512_loadu_ps(target_before + t);
    const __mmask16 winnable = _mm512_cmp_ps_mask(v, d, _CMP_GE_OQ);
    _mm512_storeu_ps(values + count, _mm512_maskz_compress_ps(winnable, v));
    _mm512_storeu_ps(prices + count, _mm512_maskz_compress_ps(winnable, d));
    _mm512_storeu_ps(target_before + count, _mm512_maskz_compress_ps(winnable, before));
    count += static_cast<std::size_t>(__builtin_popcount(winnable));
  }
  return {take_each(value, price, t, steps, count, values, prices, target_before), values, prices, target_before, planned};
}

PYBENCH_TARGET_AVX512 WinnableSteps<double> take_avx512(const double* value, const double* price, const double* target,
                                                        std::size_t steps, double* values, double* prices,
                                                        double* target_before) {
  const double planned = sum_before(target, steps, target_before);
  std::size_t count = 0, t = 0;
  for (; t + 8 <= steps; t += 8) {
    const __m512d v = _mm512_loadu_pd(value + t), d = _mm512_loadu_pd(price + t), before = _mm512_loadu_pd(target_before + t);
    const __mmask8 winnable = _mm512_cmp_pd_mask(v, d, _CMP_GE_OQ);
    _mm512_storeu_pd(values + count, _mm512_maskz_compress_pd(winnable, v));
    _mm512_storeu_pd(prices + count, _mm512_maskz_compress_pd(winnable, d));
    _mm512_storeu_pd(target_before + count, _mm512_maskz_compress_pd(winnable, before));
    count += static_cast<std::size_t>(__builtin_popcount(winnable));
  }
  return {take_each(value, price, t, steps, count, values, prices, target_before), values, prices, target_before, planned};
}
#endif

}  // namespace

template <typename Real>
TakeWinnable<Real> take_winnable_of(SimdPath path) {
#if PYBENCH_X86
  if (path == SimdPath::avx512) return static_cast<TakeWinnable<Real>>(&take_avx512);
#endif
  static_cast<void>(path);
  return &take_portable<Real>;
}

template TakeWinnable<float> take_winnable_of<float>(SimdPath);
template TakeWinnable<double> take_winnable_of<double>(SimdPath);

}  // namespace pybench::auction
