#include "draft/law_sums.hpp"

#include <algorithm>
#include <cstring>

#include "core/simd.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {
namespace {

#define PYBENCH_PATH portable
#define PYBENCH_WIDTH 2
#include "draft/law_sums.inl"
#undef PYBENCH_PATH
#undef PYBENCH_WIDTH

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
#define PYBENCH_PATH avx2
#define PYBENCH_WIDTH 4
#include "draft/law_sums.inl"
#undef PYBENCH_PATH
#undef PYBENCH_WIDTH
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
#define PYBENCH_PATH avx512
#define PYBENCH_WIDTH 8
#include "draft/law_sums.inl"
#undef PYBENCH_PATH
#undef PYBENCH_WIDTH
PYBENCH_END_WIDE
#endif

}  // namespace

#if PYBENCH_X86
#define PYBENCH_DISPATCH(call)                                  \
  switch (active_simd_path()) {                                 \
    case SimdPath::avx512: return avx512::call;                 \
    case SimdPath::avx2: return avx2::call;                     \
    case SimdPath::portable: break;                             \
  }                                                             \
  return portable::call
#else
#define PYBENCH_DISPATCH(call) return portable::call
#endif

template <typename Real>
Covered covered_by(const LawPair<Real>& laws, double scale) {
  PYBENCH_DISPATCH(covered_by(laws, scale));
}

template <typename Real>
double sum_of_excess(const LawPair<Real>& laws, double scale, std::size_t begin, std::size_t end) {
  PYBENCH_DISPATCH(sum_of_excess(laws, scale, begin, end));
}

template <typename Real>
void block_remainders(const LawPair<Real>& laws, const Remainder& remainder, std::span<double> sum) {
  PYBENCH_DISPATCH(block_remainders(laws, remainder, sum));
}

#undef PYBENCH_DISPATCH

#define PYBENCH_LAW_SUMS_OF(Real)                                                                    \
  template Covered covered_by<Real>(const LawPair<Real>&, double);                                   \
  template double sum_of_excess<Real>(const LawPair<Real>&, double, std::size_t, std::size_t);       \
  template void block_remainders<Real>(const LawPair<Real>&, const Remainder&, std::span<double>);
PYBENCH_LAW_SUMS_OF(float)
PYBENCH_LAW_SUMS_OF(double)
#undef PYBENCH_LAW_SUMS_OF

}  // namespace pybench::draft
