// min over sets S of tokens of  target(S) + 1 - inside(S),  where inside(S), the probability that all drafts lie in S, is a
// function of a few sums over S whose gain by one more token grows with S (it is supermodular).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/cancel.hpp"

namespace pybench::draft {

class SetProblem {
 public:
  // K independent drafts: inside(S) is the product of their masses of S. laws [K][V].
  static SetProblem different(std::vector<std::vector<double>> laws, std::vector<double> target);

  // Two drafts of one law without replacement: inside(S) is the sum over i != j of S of p_i p_j / (1 - p_i). That is the
  // product of the sums of p and of p / (1 - p), less the terms in which a token meets itself.
  static SetProblem pair_without_replacement(std::vector<double> law, std::vector<double> target);

  // Tokens that may be in a least set or not, as numbers of [0, V).
  [[nodiscard]] const std::vector<std::size_t>& open() const noexcept { return open_; }

  // The value where the set is all tokens that were found to belong in.
  [[nodiscard]] double value() const noexcept { return 1.0 + target_inside_ - inside_; }

  // Moves tokens that belong in, or out of, a least set whatever the open ones do. O(K open) a round.
  void settle();

  // The same for tokens of which that was found elsewhere: verdict > 0 in, < 0 out, for each open token.
  void settle(std::span<const int> verdict);

  // By how much the value changes when open()[order[0]], open()[order[1]] ... join one by one: change[order[i]].
  void changes(std::span<const std::size_t> order, std::span<double> change) const;

  // The least value over all sets of open tokens, 2^open of them; for `different` alone.
  [[nodiscard]] double enumerate(CancelToken& cancel) const;

 private:
  SetProblem(std::vector<std::vector<double>> terms, std::vector<double> target, bool meets_itself);

  [[nodiscard]] double gain(std::span<const double> sums, std::size_t token) const noexcept;
  void put_in(std::size_t token);
  bool settle_in();
  bool settle_out();

  std::vector<std::vector<double>> terms_;  // [sums][V]
  std::vector<double> target_;
  bool meets_itself_;  // is the product's term of a token with itself part of inside(S)?
  std::vector<double> sums_;
  double target_inside_ = 0.0;
  double inside_ = 0.0;
  std::vector<std::size_t> open_;
};

}  // namespace pybench::draft
