#include "auction/traces.hpp"

#include <cmath>
#include <cstdio>
#include <string>

#include "core/errors.hpp"
#include "core/simd.hpp"

namespace pybench::auction {
namespace {

namespace portable {
#include "auction/traces.inl"
}  // namespace portable

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
namespace avx2 {
#include "auction/traces.inl"
}  // namespace avx2
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
namespace avx512 {
#include "auction/traces.inl"
}  // namespace avx512
PYBENCH_END_WIDE
#endif

}  // namespace

template <typename Real>
bool entries_are_good(std::span<const Real> entries) {
#if PYBENCH_X86
  switch (active_simd_path()) {
    case SimdPath::avx512: return !is_bad(avx512::rule_bits_of(entries.data(), entries.size()));
    case SimdPath::avx2: return !is_bad(avx2::rule_bits_of(entries.data(), entries.size()));
    case SimdPath::portable: break;
  }
#endif
  return !is_bad(portable::rule_bits_of(entries.data(), entries.size()));
}

template <typename Real>
void refuse_bad_entries(const char* name, std::span<const Real> trace, std::int64_t campaign) {
  for (std::size_t step = 0; step < trace.size(); ++step) {
    if (!is_bad(rule_bits(trace[step]))) continue;
    char value[32] = "nan";
    if (!std::isnan(trace[step])) std::snprintf(value, sizeof value, "%.9g", static_cast<double>(trace[step]));
    const std::string row = campaign < 0 ? "" : std::to_string(campaign) + ", ";
    throw InvalidInput(std::string(name) + "[" + row + std::to_string(step) + "] is " + value +
                       ": it must be finite, at least 0 and at most 2^120");
  }
}

template bool entries_are_good<float>(std::span<const float>);
template bool entries_are_good<double>(std::span<const double>);
template void refuse_bad_entries<float>(const char*, std::span<const float>, std::int64_t);
template void refuse_bad_entries<double>(const char*, std::span<const double>, std::int64_t);

}  // namespace pybench::auction
