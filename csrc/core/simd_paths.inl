// Compiles the loops of the file PYBENCH_LOOPS once for each instruction set, in the namespaces portable, avx2 and avx512 of
// the place where this is included; PYBENCH_ON_ACTIVE_PATH of core/simd.hpp calls one. `width` is how many doubles a register
// holds. The file has functions and templates alone, and no include guard.
namespace portable {
[[maybe_unused]] constexpr std::size_t width = 2;
#include PYBENCH_LOOPS
}  // namespace portable

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
namespace avx2 {
[[maybe_unused]] constexpr std::size_t width = 4;
#include PYBENCH_LOOPS
}  // namespace avx2
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
namespace avx512 {
[[maybe_unused]] constexpr std::size_t width = 8;
#include PYBENCH_LOOPS
}  // namespace avx512
PYBENCH_END_WIDE
#endif

#undef PYBENCH_LOOPS
