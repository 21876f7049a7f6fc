// One pass over a trace for two factors of the prices at once: what is surely won, and what lies between.
//
// A step of value v and price d is won at the factor k = 1 + multiplier where v >= k d, the product rounded to float64. As
// rounding is monotone, whoever is won at a factor is won at every smaller one. O(T).
#pragma once

#include <cstddef>
#include <cstdint>

namespace pybench::auction {

using Word = std::uint64_t;
inline constexpr std::size_t word_steps = 64;
inline constexpr std::size_t chunk_steps = 2048;  // so few that what looks at a chunk again finds it in the first cache

inline bool is_won(double value, double price, double factor) noexcept { return value >= factor * price; }

struct Factors {
  double lower;
  double upper;
};

struct ChunkSums {
  double spend;  // of the steps won at the upper factor; added in an order that depends on the path
  bool good;     // all entries keep the rule of traces.hpp; else the rest means nothing
};

// Looks at `count` <= chunk_steps steps. between [count / 64, rounded up]: bit i of a word is set where its step i is won
// at the lower factor but not at the upper. target, where not null: the price where won at the upper factor, else 0.
template <typename Real>
using ChunkPass = ChunkSums (*)(const Real* value, const Real* price, std::size_t count, Factors factors, Word* between,
                                Real* target);

// That of the SIMD path to run now.
template <typename Real>
ChunkPass<Real> chunk_pass();

}  // namespace pybench::auction
