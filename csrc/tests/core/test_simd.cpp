#include <string>

#include "core/errors.hpp"
#include "core/simd.hpp"
#include "tests/check.hpp"
#include "tests/simd_paths.hpp"

using namespace pybench;
using namespace pybench::tests;

TEST(simd_names_round_trip) {
  for (const SimdPath path : {SimdPath::portable, SimdPath::avx2, SimdPath::avx512}) {
    const ForcedPath forced(path);
    if (path <= best_simd_path()) {
      CHECK_EQ(active_simd_path(), path);
    } else {
      CHECK_THROWS(active_simd_path(), InvalidInput);
    }
  }
}

TEST(simd_takes_the_best_path_when_none_is_named) {
  const ForcedPath forced("");
  CHECK_EQ(active_simd_path(), best_simd_path());
}

TEST(simd_refuses_an_unknown_name_and_says_which_exist) {
  const ForcedPath forced("sse9");
  CHECK_THROWS(active_simd_path(), InvalidInput);
  try {
    active_simd_path();
  } catch (const InvalidInput& error) {
    CHECK_EQ(std::string(error.what()), "PYBENCH_SIMD is 'sse9'; it must be portable, avx2 or avx512");
  }
}
