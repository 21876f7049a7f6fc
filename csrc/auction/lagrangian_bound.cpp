#include "auction/lagrangian_bound.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "auction/traces.hpp"
#include "core/parallel_for.hpp"
#include "core/simd.hpp"

namespace pybench::auction {
namespace {

constexpr std::size_t lanes = 16;
constexpr std::size_t chunk_steps = 2048;   // the check finds them in the first cache
constexpr std::size_t chunks_a_check = 32;  // between two looks for Ctrl-C: some 50 us
constexpr std::size_t steps_a_task = std::size_t{1} << 16;

#define PYBENCH_PATH portable
#define PYBENCH_WIDTH 2
#include "auction/lagrangian_bound.inl"
#undef PYBENCH_PATH
#undef PYBENCH_WIDTH

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
#define PYBENCH_PATH avx2
#define PYBENCH_WIDTH 4
#include "auction/lagrangian_bound.inl"
#undef PYBENCH_PATH
#undef PYBENCH_WIDTH
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
#define PYBENCH_PATH avx512
#define PYBENCH_WIDTH 8
#include "auction/lagrangian_bound.inl"
#undef PYBENCH_PATH
#undef PYBENCH_WIDTH
PYBENCH_END_WIDE
#endif

template <typename Real>
using ChunkExcess = double (*)(const Real* value, const Real* price, std::size_t count, double factor);

template <typename Real>
ChunkExcess<Real> chunk_excess() {
#if PYBENCH_X86
  switch (active_simd_path()) {
    case SimdPath::avx512: return &avx512::excess_of<Real>;
    case SimdPath::avx2: return &avx2::excess_of<Real>;
    case SimdPath::portable: break;
  }
#endif
  return &portable::excess_of<Real>;
}

}  // namespace

template <typename Real>
void excess_value(const Real* value, const Real* price, std::size_t steps, bool batched, std::span<const double> multiplier,
                  double* excess, int threads, CancelToken& cancel) {
  const ChunkExcess<Real> chunk = chunk_excess<Real>();
  const auto a_task = static_cast<std::int64_t>(std::max<std::size_t>(1, steps_a_task / steps));
  const auto settings = static_cast<std::int64_t>(multiplier.size());
  share_out(threads, settings, a_task, cancel, [&](std::int64_t begin, std::int64_t end, CancelToken& stop) {
    for (std::int64_t setting = begin; setting < end; ++setting) {
      const auto at = static_cast<std::size_t>(setting);
      const Real *v = value + (batched ? at * steps : 0), *d = price + (batched ? at * steps : 0);
      double sum = 0.0;
      for (std::size_t step = 0; step < steps; step += chunk_steps) {
        if (step % (chunks_a_check * chunk_steps) == 0) stop.check();
        sum += chunk(v + step, d + step, std::min(chunk_steps, steps - step), 1.0 + multiplier[at]);
        if (std::isnan(sum)) {
          refuse_bad_entries("value", std::span<const Real>(v, steps), batched ? setting : -1);
          refuse_bad_entries("price", std::span<const Real>(d, steps), batched ? setting : -1);
        }
      }
      excess[at] = sum;
    }
  });
}

template void excess_value<float>(const float*, const float*, std::size_t, bool, std::span<const double>, double*, int,
                                  CancelToken&);
template void excess_value<double>(const double*, const double*, std::size_t, bool, std::span<const double>, double*, int,
                                   CancelToken&);

}  // namespace pybench::auction
