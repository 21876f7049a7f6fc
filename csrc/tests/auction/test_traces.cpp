#include "auction/traces.hpp"

#include <limits>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "tests/check.hpp"
#include "tests/simd_paths.hpp"

using namespace pybench;
using namespace pybench::auction;
using namespace pybench::tests;

namespace {

template <typename Real>
std::string refusal(std::vector<Real> trace, std::int64_t campaign) {
  try {
    check_entries<Real>("price", trace, campaign);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

// Every place in a trace of every length, so that no loop's tail or first vector escapes.
template <typename Real>
void check_all_places() {
  using Limits = std::numeric_limits<Real>;
  const auto largest = static_cast<Real>(largest_entry);
  const std::vector<Real> good = {Real{0}, Real{-0.0}, Limits::denorm_min(), Real{1}, largest};
  const std::vector<Real> bad = {-Limits::denorm_min(),   Real{-1},           -largest,           -Limits::infinity(),
                                 Limits::infinity(),      Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::max(),
                                 largest * (1 + Limits::epsilon())};
  for (const SimdPath path : machine_paths()) {
    const ForcedPath forced(path);
    CHECK(entries_are_good<Real>({}));
    for (std::size_t size = 1; size < 140; ++size) {
      for (std::size_t place = 0; place < size; ++place) {
        std::vector<Real> trace(size, Real{0.5});
        for (const Real entry : good) {
          trace[place] = entry;
          CHECK(entries_are_good<Real>(trace));
        }
        for (const Real entry : bad) {
          trace[place] = entry;
          CHECK(!entries_are_good<Real>(trace));
        }
      }
    }
  }
}

}  // namespace

TEST(traces_of_every_length_are_checked_at_every_place) {
  check_all_places<float>();
  check_all_places<double>();
}

TEST(traces_name_the_first_bad_entry) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_EQ(refusal<float>({1, -2.5F, nan}, -1), "price[1] is -2.5: it must be finite, at least 0 and at most 2^120");
  CHECK_EQ(refusal<float>({1, 2, nan}, 3), "price[3, 2] is nan: it must be finite, at least 0 and at most 2^120");
  CHECK_EQ(refusal<double>({1e37}, 0), "price[0, 0] is 1e+37: it must be finite, at least 0 and at most 2^120");
  CHECK_EQ(refusal<double>({0, -0.0, 1e-310}, 0), "");
}
