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

// Sets that are enumerated have so many tokens at most.
inline constexpr std::size_t max_enumerated_tokens = 24;
inline constexpr std::size_t max_replacement_free_tokens = 22;

// Laws in double that sum to 1. Throws InvalidInput as `checked_sum` does.
template <typename Real>
std::vector<double> rescaled_law(std::span<const Real> law, const char* name, std::int64_t row);

// Drafts of different laws [K][V]. First the tokens that belong in, or out of, a least set whatever else does are found;
// the rest are enumerated. O(K V^2 + K 2^free). Throws InvalidInput where more than max_enumerated_tokens are left.
double different_acceptance(const std::vector<std::vector<double>>& drafts, std::span<const double> target,
                            CancelToken& cancel);

// K drafts of one law, each drawn from the tokens not drawn before. O(n 2^n) time and 8 * 2^n bytes, for n tokens that the
// draft law can draw. Throws InvalidInput for K > n, and for n > max_replacement_free_tokens.
double without_replacement_acceptance(std::span<const double> draft, std::span<const double> target,
                                      std::int64_t draft_count, CancelToken& cancel);

}  // namespace pybench::draft
