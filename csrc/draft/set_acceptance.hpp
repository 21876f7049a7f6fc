// The largest probability that one of K drafts is accepted, for drafts that are not independent draws from one law.
//
// By max-flow min-cut it is 1 + min over sets S of tokens of  target(S) - inside(S),  where inside(S) is the probability
// that all drafts lie in S. For independent drafts of different laws that is the product of their masses of S.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cancel.hpp"

namespace pybench::draft {

// Tokens that are left when those whose place in a least set is plain are taken out.
inline constexpr std::size_t max_open_tokens = 1024;
// So many are enumerated; of more, a least set is found with a certificate that the optimum is within certified_gap.
inline constexpr std::size_t max_enumerated_tokens = 24;
inline constexpr double certified_gap = 1e-9;
// Three drafts and more without replacement are always enumerated.
inline constexpr std::size_t max_replacement_free_tokens = 22;

// Laws in double that sum to 1. Throws InvalidInput as `checked_sum` does.
template <typename Real>
std::vector<double> rescaled_law(std::span<const Real> law, const char* name, std::int64_t row);

// Drafts of different laws [K][V]. O(K 2^open) where that is enumerated, else as minimum_norm. Throws InvalidInput
// for more than max_open_tokens, and where no certificate was found.
double different_acceptance(std::vector<std::vector<double>> drafts, std::vector<double> target, CancelToken& cancel);

// K drafts of one law, each drawn from the tokens not drawn before. Up to max_replacement_free_tokens that the draft law can
// draw: O(n 2^n) time and 8 * 2^n bytes. More are taken for K = 2, as above. Throws InvalidInput for K > n and for more.
double without_replacement_acceptance(std::span<const double> draft, std::span<const double> target,
                                      std::int64_t draft_count, CancelToken& cancel);

}  // namespace pybench::draft
