// Every SIMD path of this machine, one after the other.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "core/simd.hpp"

namespace pybench::tests {

// Sets PYBENCH_SIMD for one scope and puts back what was there.
class ForcedPath {
 public:
  explicit ForcedPath(const char* value) {
    if (const char* before = std::getenv("PYBENCH_SIMD")) {
      before_ = before;
      was_set_ = true;
    }
    setenv("PYBENCH_SIMD", value, 1);
  }
  explicit ForcedPath(SimdPath path) : ForcedPath(simd_path_name(path)) {}
  ForcedPath(const ForcedPath&) = delete;
  ForcedPath& operator=(const ForcedPath&) = delete;
  ~ForcedPath() {
    if (was_set_) {
      setenv("PYBENCH_SIMD", before_.c_str(), 1);
    } else {
      unsetenv("PYBENCH_SIMD");
    }
  }

 private:
  std::string before_;
  bool was_set_ = false;
};

inline std::vector<SimdPath> machine_paths() {
  std::vector<SimdPath> all;
  for (const SimdPath path : {SimdPath::portable, SimdPath::avx2, SimdPath::avx512}) {
    if (path <= best_simd_path()) all.push_back(path);
  }
  return all;
}

}  // namespace pybench::tests
