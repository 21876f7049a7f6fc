#include "auction/won_steps.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "auction/traces.hpp"
#include "core/simd.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {
namespace {

namespace portable {  // two doubles to a register, which every x86-64 and most others have
using Two [[gnu::vector_size(16)]] = double;
using TwoBits [[gnu::vector_size(16)]] = std::int64_t;
struct Eight {
  Two pair[4];
};
struct Where {
  TwoBits pair[4];  // all bits of a lane set where won
};
inline Eight times(const Eight& a, const Eight& b) {
  return {{a.pair[0] * b.pair[0], a.pair[1] * b.pair[1], a.pair[2] * b.pair[2], a.pair[3] * b.pair[3]}};
}
inline Eight all(double x) { return {{Two{x, x}, Two{x, x}, Two{x, x}, Two{x, x}}}; }
template <typename Real>
Eight load(const Real* from) {
  Eight loaded;
  for (int i = 0; i < 4; ++i) {
    loaded.pair[i] = Two{static_cast<double>(from[2 * i]), static_cast<double>(from[2 * i + 1])};
  }
  return loaded;
}
inline Where won(const Eight& value, const Eight& scaled) {
  Where where;
  for (int i = 0; i < 4; ++i) where.pair[i] = value.pair[i] >= scaled.pair[i];
  return where;
}
inline Word bits(const Where& where) {
  TwoBits gathered{};
  for (int i = 0; i < 4; ++i) gathered |= where.pair[i] & TwoBits{1LL << (2 * i), 2LL << (2 * i)};
  return static_cast<Word>(gathered[0] | gathered[1]);
}
inline Eight add_where(Eight sum, const Where& where, const Eight& added) {
  for (int i = 0; i < 4; ++i) {
    sum.pair[i] += (Two)((TwoBits)added.pair[i] & where.pair[i]);  // casts of vectors keep the bits
  }
  return sum;
}
template <typename Real>
void store_where(Real* to, const Where& where, const Real* from) {
  for (int i = 0; i < 8; ++i) {
    const auto mask = static_cast<EntryBits<Real>>(where.pair[i / 2][i % 2]);
    to[i] = std::bit_cast<Real>(std::bit_cast<EntryBits<Real>>(from[i]) & mask);
  }
}
#include "auction/traces.inl"
#include "auction/won_steps.inl"
}  // namespace portable

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
namespace avx2 {
struct Eight {
  __m256d low, high;
};
inline Eight times(const Eight& a, const Eight& b) {
  return {_mm256_mul_pd(a.low, b.low), _mm256_mul_pd(a.high, b.high)};
}
inline Eight all(double x) { return {_mm256_set1_pd(x), _mm256_set1_pd(x)}; }
inline Eight load(const float* from) {
  return {_mm256_cvtps_pd(_mm_loadu_ps(from)), _mm256_cvtps_pd(_mm_loadu_ps(from + 4))};
}
inline Eight load(const double* from) { return {_mm256_loadu_pd(from), _mm256_loadu_pd(from + 4)}; }
inline Eight won(const Eight& value, const Eight& scaled) {  // all bits of a lane set where won
  return {_mm256_cmp_pd(value.low, scaled.low, _CMP_GE_OQ), _mm256_cmp_pd(value.high, scaled.high, _CMP_GE_OQ)};
}
inline Word bits(const Eight& where) {
  return static_cast<Word>(_mm256_movemask_pd(where.low) | (_mm256_movemask_pd(where.high) << 4));
}
inline Eight add_where(const Eight& sum, const Eight& where, const Eight& added) {
  return {_mm256_add_pd(sum.low, _mm256_and_pd(where.low, added.low)),
          _mm256_add_pd(sum.high, _mm256_and_pd(where.high, added.high))};
}
inline void store_where(double* to, const Eight& where, const double* from) {
  _mm256_storeu_pd(to, _mm256_and_pd(where.low, _mm256_loadu_pd(from)));
  _mm256_storeu_pd(to + 4, _mm256_and_pd(where.high, _mm256_loadu_pd(from + 4)));
}
inline void store_where(float* to, const Eight& where, const float* from) {
  const __m256 halves = _mm256_shuffle_ps(_mm256_castpd_ps(where.low), _mm256_castpd_ps(where.high), 0x88);
  const __m256 mask = _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(halves), 0xD8));
  _mm256_storeu_ps(to, _mm256_and_ps(mask, _mm256_loadu_ps(from)));
}
#include "auction/traces.inl"
#include "auction/won_steps.inl"
}  // namespace avx2
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
namespace avx512 {
struct Eight {
  __m512d lanes;
};
inline Eight times(const Eight& a, const Eight& b) { return {_mm512_mul_pd(a.lanes, b.lanes)}; }
inline Eight all(double x) { return {_mm512_set1_pd(x)}; }
inline Eight load(const float* from) { return {_mm512_cvtps_pd(_mm256_loadu_ps(from))}; }
inline Eight load(const double* from) { return {_mm512_loadu_pd(from)}; }
inline __mmask8 won(const Eight& value, const Eight& scaled) {
  return _mm512_cmp_pd_mask(value.lanes, scaled.lanes, _CMP_GE_OQ);
}
inline Word bits(__mmask8 where) { return where; }
inline Eight add_where(const Eight& sum, __mmask8 where, const Eight& added) {
  return {_mm512_mask_add_pd(sum.lanes, where, sum.lanes, added.lanes)};
}
inline void store_where(double* to, __mmask8 where, const double* from) {
  _mm512_storeu_pd(to, _mm512_maskz_loadu_pd(where, from));
}
inline void store_where(float* to, __mmask8 where, const float* from) {
  _mm256_storeu_ps(to, _mm256_maskz_loadu_ps(where, from));
}
#include "auction/traces.inl"
#include "auction/won_steps.inl"
}  // namespace avx512
PYBENCH_END_WIDE
#endif

}  // namespace

template <typename Real>
ChunkPass<Real> chunk_pass() {
#if PYBENCH_X86
  switch (active_simd_path()) {
    case SimdPath::avx512: return &avx512::pass_of<Real>;
    case SimdPath::avx2: return &avx2::pass_of<Real>;
    case SimdPath::portable: break;
  }
#endif
  return &portable::pass_of<Real>;
}

template ChunkPass<float> chunk_pass<float>();
template ChunkPass<double> chunk_pass<double>();

}  // namespace pybench::auction
