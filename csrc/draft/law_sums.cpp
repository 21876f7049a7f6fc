#include "draft/law_sums.hpp"

#include <algorithm>
#include <cstring>

#include "core/simd.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {
namespace {

#define PYBENCH_LOOPS "draft/law_sums.inl"
#include "core/simd_paths.inl"

}  // namespace

template <typename Real>
Covered covered_by(const LawPair<Real>& laws, double scale) {
  PYBENCH_ON_ACTIVE_PATH(covered_by(laws, scale));
}

template <typename Real>
double sum_of_excess(const LawPair<Real>& laws, double scale, std::size_t begin, std::size_t end) {
  PYBENCH_ON_ACTIVE_PATH(sum_of_excess(laws, scale, begin, end));
}

template <typename Real>
void block_remainders(const LawPair<Real>& laws, const Remainder& remainder, std::span<double> sum) {
  PYBENCH_ON_ACTIVE_PATH(block_remainders(laws, remainder, sum));
}

#define PYBENCH_LAW_SUMS_OF(Real)                                                                    \
  template Covered covered_by<Real>(const LawPair<Real>&, double);                                   \
  template double sum_of_excess<Real>(const LawPair<Real>&, double, std::size_t, std::size_t);       \
  template void block_remainders<Real>(const LawPair<Real>&, const Remainder&, std::span<double>);
PYBENCH_LAW_SUMS_OF(float)
PYBENCH_LAW_SUMS_OF(double)
#undef PYBENCH_LAW_SUMS_OF

}  // namespace pybench::draft
