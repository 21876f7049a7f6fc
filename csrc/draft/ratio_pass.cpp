#include "draft/ratio_pass.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "core/simd.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::draft {
namespace {

constexpr std::int32_t key_offset = (127 + lowest_octave) << octave_bits;
constexpr std::size_t chunk = 512;  // small enough that the second loop over it finds it in the first cache

namespace portable {
#define PYBENCH_REAL float
#include "draft/ratio_pass.inl"
#undef PYBENCH_REAL
#define PYBENCH_REAL double
#include "draft/ratio_pass.inl"
#undef PYBENCH_REAL
}  // namespace portable

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
namespace avx2 {
#define PYBENCH_REAL float
#include "draft/ratio_pass.inl"
#undef PYBENCH_REAL
#define PYBENCH_REAL double
#include "draft/ratio_pass.inl"
#undef PYBENCH_REAL
}  // namespace avx2
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
namespace avx512 {
#define PYBENCH_REAL float
#include "draft/ratio_pass.inl"
#undef PYBENCH_REAL
#define PYBENCH_REAL double
#include "draft/ratio_pass.inl"
#undef PYBENCH_REAL
}  // namespace avx512
PYBENCH_END_WIDE

PYBENCH_TARGET_AVX512 std::uint64_t keys_between_avx512(const Key* keys, Key first, Key last) {
  // first <= key <= last, as one comparison without sign.
  const __m512i from = _mm512_set1_epi16(static_cast<short>(first));
  const __m512i width = _mm512_set1_epi16(static_cast<short>(last - first));
  const __m512i low = _mm512_sub_epi16(_mm512_loadu_si512(keys), from);
  const __m512i high = _mm512_sub_epi16(_mm512_loadu_si512(keys + 32), from);
  const std::uint64_t low_inside = _mm512_cmple_epu16_mask(low, width);
  const std::uint64_t high_inside = _mm512_cmple_epu16_mask(high, width);
  return low_inside | (high_inside << 32);
}

// 64 keys in SSE2, which every x86-64 has: compare (keys are small enough to be signed), a byte a key, a bit a byte.
std::uint64_t keys_between_sse2(const Key* keys, Key first, Key last) {
  const __m128i below = _mm_set1_epi16(static_cast<short>(first - 1));
  const __m128i above = _mm_set1_epi16(static_cast<short>(last + 1));
  const auto inside = [&](const __m128i* from) {
    const __m128i eight = _mm_loadu_si128(from);
    return _mm_and_si128(_mm_cmpgt_epi16(eight, below), _mm_cmplt_epi16(eight, above));
  };
  std::uint64_t found = 0;
  for (int part = 0; part < 4; ++part) {
    const auto* from = reinterpret_cast<const __m128i*>(keys + 16 * part);
    const __m128i bytes = _mm_packs_epi16(inside(from), inside(from + 1));
    found |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))) << (16 * part);
  }
  return found;
}
#else
std::uint64_t keys_between_portable(const Key* keys, Key first, Key last) {
  std::uint64_t inside = 0;
  for (unsigned i = 0; i < 64; ++i) inside |= static_cast<std::uint64_t>(keys[i] >= first && keys[i] <= last) << i;
  return inside;
}
#endif

using KeysBetween = std::uint64_t (*)(const Key*, Key, Key);

template <typename Real>
auto bucket_chunk(SimdPath path) {
  using Chunk = bool (*)(const Real*, const Real*, std::size_t, Key*, Masses*);
#if PYBENCH_X86
  if (path == SimdPath::avx512) return static_cast<Chunk>(&avx512::bucket_chunk_of);
  if (path == SimdPath::avx2) return static_cast<Chunk>(&avx2::bucket_chunk_of);
#endif
  static_cast<void>(path);
  return static_cast<Chunk>(&portable::bucket_chunk_of);
}

}  // namespace

double lowest_ratio(Key key) noexcept {
  if (key == 0) return 0.0;
  if (key >= ratio_buckets) return std::numeric_limits<double>::infinity();
  return static_cast<double>(std::bit_cast<float>((static_cast<std::int32_t>(key) + key_offset) << (23 - octave_bits)));
}

template <typename Real>
bool bucket_by_ratio(std::span<const Real> draft, std::span<const Real> target, Key* keys, Masses* masses,
                     Real* draft_copy, Real* target_copy) {
  const auto run = bucket_chunk<Real>(active_simd_path());
  bool good = true;
  for (std::size_t begin = 0; begin < draft.size(); begin += chunk) {
    const std::size_t count = std::min(chunk, draft.size() - begin);
    good &= run(&draft[begin], &target[begin], count, keys + begin, masses);
    if (draft_copy != nullptr) {
      std::copy_n(&draft[begin], count, draft_copy + begin);
      std::copy_n(&target[begin], count, target_copy + begin);
    }
  }
  return good;
}

std::uint64_t keys_between(const Key* keys, Key first, Key last) {
#if PYBENCH_X86
  static const KeysBetween best = best_simd_path() == SimdPath::avx512 ? &keys_between_avx512 : &keys_between_sse2;
#else
  static const KeysBetween best = &keys_between_portable;
#endif
  return best(keys, first, last);
}

template bool bucket_by_ratio<float>(std::span<const float>, std::span<const float>, Key*, Masses*, float*, float*);
template bool bucket_by_ratio<double>(std::span<const double>, std::span<const double>, Key*, Masses*, double*, double*);

}  // namespace pybench::draft
