// Compiles the loops of the file PYBENCH_LOOPS once for each instruction set, in the namespaces portable, avx2 and avx512 of
// the place where this is included. PYBENCH_BYTES is the width of a register, PYBENCH_WIDE(name, x, y) an instruction on
// two, PYBENCH_PAIRS(x) such a register of whole numbers as that instruction takes it.
namespace portable {
#define PYBENCH_BYTES 16
#if PYBENCH_X86
#define PYBENCH_WIDE(name, x, y) _mm_##name(x, y)
#define PYBENCH_PAIRS(x) reinterpret_cast<const __m128i&>(x)
#else
#define PYBENCH_WIDE(name, x, y) name(x, y)
#define PYBENCH_PAIRS(x) x
template <typename Vector>
Vector max_ps(const Vector& x, const Vector& y) {
  return x > y ? x : y;
}
template <typename Vector>
Vector min_ps(const Vector& x, const Vector& y) {
  return x < y ? x : y;
}
template <typename Vector>
Vector max_pd(const Vector& x, const Vector& y) {
  return x > y ? x : y;
}
template <typename Vector>
Vector min_pd(const Vector& x, const Vector& y) {
  return x < y ? x : y;
}
template <typename Vector>
Vector mul_epu32(const Vector& x, const Vector& y) {
  return (x & 0xFFFFFFFFu) * (y & 0xFFFFFFFFu);
}
#endif
#include PYBENCH_LOOPS
#undef PYBENCH_BYTES
#undef PYBENCH_WIDE
#undef PYBENCH_PAIRS
}  // namespace portable

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
namespace avx2 {
#define PYBENCH_BYTES 32
#define PYBENCH_WIDE(name, x, y) _mm256_##name(x, y)
#define PYBENCH_PAIRS(x) reinterpret_cast<const __m256i&>(x)
#include PYBENCH_LOOPS
#undef PYBENCH_BYTES
#undef PYBENCH_WIDE
#undef PYBENCH_PAIRS
}  // namespace avx2
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
namespace avx512 {
#define PYBENCH_BYTES 64
#define PYBENCH_WIDE(name, x, y) _mm512_##name(x, y)
#define PYBENCH_PAIRS(x) reinterpret_cast<const __m512i&>(x)
#include PYBENCH_LOOPS
#undef PYBENCH_BYTES
#undef PYBENCH_WIDE
#undef PYBENCH_PAIRS
}  // namespace avx512
PYBENCH_END_WIDE
#endif

#undef PYBENCH_LOOPS
