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

PYBENCH_TARGET_AVX512 std::uint64_t equal_keys_avx512(const Key* keys, Key key) {
  const __m512i wanted = _mm512_set1_epi16(static_cast<short>(key));
  const std::uint64_t low = _mm512_cmpeq_epi16_mask(_mm512_loadu_si512(keys), wanted);
  const std::uint64_t high = _mm512_cmpeq_epi16_mask(_mm512_loadu_si512(keys + 32), wanted);
  return low | (high << 32);
}

// 64 keys in SSE2, which every x86-64 has: compare, then a byte a key, then a bit a byte.
std::uint64_t equal_keys_sse2(const Key* keys, Key key) {
  const __m128i wanted = _mm_set1_epi16(static_cast<short>(key));
  std::uint64_t equal = 0;
  for (int part = 0; part < 4; ++part) {
    const auto* from = reinterpret_cast<const __m128i*>(keys + 16 * part);
    const __m128i bytes = _mm_packs_epi16(_mm_cmpeq_epi16(_mm_loadu_si128(from), wanted),
                                          _mm_cmpeq_epi16(_mm_loadu_si128(from + 1), wanted));
    equal |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))) << (16 * part);
  }
  return equal;
}
#else
std::uint64_t equal_keys_portable(const Key* keys, Key key) {
  std::uint64_t equal = 0;
  for (unsigned i = 0; i < 64; ++i) equal |= static_cast<std::uint64_t>(keys[i] == key) << i;
  return equal;
}
#endif

using EqualKeys = std::uint64_t (*)(const Key*, Key);

template <typename Real>
auto bucket_chunk(SimdPath path) {
  using Chunk = bool (*)(const Real*, const Real*, std::size_t, RatioKeys, Key*, Masses*);
#if PYBENCH_X86
  if (path == SimdPath::avx512) return static_cast<Chunk>(&avx512::bucket_chunk_of);
  if (path == SimdPath::avx2) return static_cast<Chunk>(&avx2::bucket_chunk_of);
#endif
  static_cast<void>(path);
  return static_cast<Chunk>(&portable::bucket_chunk_of);
}

}  // namespace

// 2 to 128 buckets an octave: about half as many buckets as tokens, at first.
RatioKeys::RatioKeys(std::size_t vocabulary_size) noexcept
    : octave_bits_(std::clamp(static_cast<int>(std::bit_width(vocabulary_size)) - 7, 1, 7)) {}

double RatioKeys::lowest_ratio(std::size_t key) const noexcept {
  if (key == 0) return 0.0;
  if (key >= buckets()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(std::bit_cast<float>((static_cast<std::int32_t>(key) + offset()) << shift()));
}

template <typename Real>
bool bucket_by_ratio(std::span<const Real> draft, std::span<const Real> target, RatioKeys keys, Key* key_of, Masses* masses,
                     Real* draft_copy, Real* target_copy) {
  const auto run = bucket_chunk<Real>(active_simd_path());
  bool good = true;
  for (std::size_t begin = 0; begin < draft.size(); begin += chunk) {
    const std::size_t count = std::min(chunk, draft.size() - begin);
    good &= run(&draft[begin], &target[begin], count, keys, key_of + begin, masses);
    if (draft_copy != nullptr) {
      std::copy_n(&draft[begin], count, draft_copy + begin);
      std::copy_n(&target[begin], count, target_copy + begin);
    }
  }
  return good;
}

std::uint64_t equal_keys(const Key* keys, Key key) {
#if PYBENCH_X86
  static const EqualKeys best = best_simd_path() == SimdPath::avx512 ? &equal_keys_avx512 : &equal_keys_sse2;
#else
  static const EqualKeys best = &equal_keys_portable;
#endif
  return best(keys, key);
}

template bool bucket_by_ratio<float>(std::span<const float>, std::span<const float>, RatioKeys, Key*, Masses*, float*, float*);
template bool bucket_by_ratio<double>(std::span<const double>, std::span<const double>, RatioKeys, Key*, Masses*, double*, double*);

}  // namespace pybench::draft
