// The sums over a whole vocabulary that the verification schemes are made of, as wide as the machine allows: eight chains
// of additions each, so that every path gives the same bits, those of sum_over().
#pragma once

#include <cstddef>
#include <span>

#include "draft/law_pair.hpp"

namespace pybench::draft {

// The part of the target that a multiple of the draft law covers: the sum of min(scale p, q), and its derivative, the
// draft mass of tokens with scale p < q.
struct Covered {
  double mass;
  double slope;
};

template <typename Real>
Covered covered_by(const LawPair<Real>& laws, double scale);

// The sum of (q - scale p)+ over tokens of [begin, end).
template <typename Real>
double sum_of_excess(const LawPair<Real>& laws, double scale, std::size_t begin, std::size_t end);

// What is left of the target at one token: q - share min(q, cut p).
struct Remainder {
  double share;
  double cut;
  [[nodiscard]] double of(double p, double q) const noexcept {
    const double covered = cut * p;
    return q - share * (covered < q ? covered : q);
  }
};

// Its sum over each block of cdf_block tokens.
template <typename Real>
void block_remainders(const LawPair<Real>& laws, const Remainder& remainder, std::span<double> sum);

}  // namespace pybench::draft
