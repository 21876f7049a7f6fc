// Which instruction set a kernel may use. Wide code sits beside a portable path in the same file, behind
// PYBENCH_TARGET_* function attributes, so that nothing outside those functions is compiled for more than baseline x86-64.
#pragma once

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define PYBENCH_X86 1
#define PYBENCH_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define PYBENCH_TARGET_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,bmi,bmi2,popcnt,lzcnt")))
// The same for all functions between BEGIN and END, for a loop whose text is included once for each path; simd_paths.inl
// does that.
#if defined(__clang__)
#define PYBENCH_BEGIN_AVX2 \
  _Pragma("clang attribute push(__attribute__((target(\"avx2,bmi,bmi2,popcnt,lzcnt\"))), apply_to = function)")
#define PYBENCH_BEGIN_AVX512                                                                                       \
  _Pragma(                                                                                                         \
      "clang attribute push(__attribute__((target(\"avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,bmi,bmi2,popcnt," \
      "lzcnt\"))), apply_to = function)")
#define PYBENCH_END_WIDE _Pragma("clang attribute pop")
#else
#define PYBENCH_BEGIN_AVX2 _Pragma("GCC push_options") _Pragma("GCC target(\"avx2,bmi,bmi2,popcnt,lzcnt\")")
#define PYBENCH_BEGIN_AVX512 \
  _Pragma("GCC push_options") \
  _Pragma("GCC target(\"avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,bmi,bmi2,popcnt,lzcnt\")")
#define PYBENCH_END_WIDE _Pragma("GCC pop_options")
#endif
#else
#define PYBENCH_X86 0
#endif

namespace pybench {

enum class SimdPath { portable, avx2, avx512 };

// The widest path this machine has.
SimdPath best_simd_path() noexcept;

// The path to run now: PYBENCH_SIMD=portable|avx2|avx512 when set, else the best. Read at every call, so that one test
// process can run them all. Throws InvalidInput for an unknown name or a path that the machine lacks.
SimdPath active_simd_path();

const char* simd_path_name(SimdPath path) noexcept;

// Returns what a call to a loop gives on the path to run now: of the function of that name in the namespace portable, avx2
// or avx512.
#if PYBENCH_X86
#define PYBENCH_ON_ACTIVE_PATH(...)                           \
  switch (::pybench::active_simd_path()) {                    \
    case ::pybench::SimdPath::avx512: return avx512::__VA_ARGS__; \
    case ::pybench::SimdPath::avx2: return avx2::__VA_ARGS__;     \
    case ::pybench::SimdPath::portable: break;                \
  }                                                           \
  return portable::__VA_ARGS__
#else
#define PYBENCH_ON_ACTIVE_PATH(...) return portable::__VA_ARGS__
#endif

}  // namespace pybench
