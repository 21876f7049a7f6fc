// Importance-weighted selection (Khisti et al., Multi-draft speculative sampling, 2025), then single-draft verification of
// the draft that was selected. Selection goes draft by draft: of the one selected so far, whose law is a, and the next
// one, whose law is p, a rule for the pair of tokens keeps one. The rule of a stage:
//
//   the alphabet    the tokens of the largest q - a p, in that order
//   the program     its first tokens: pairs of them are split by the weights that let most of q be covered, a linear
//                   program
//   other pairs     the earlier token of the alphabet; a token of it before one outside; of two outside, the earlier draft
//
// A rule that would lower the acceptance is not used: the draft selected so far is kept then, and so it is for all drafts
// after.
//
// The law beta that selection then has follows from these weights, whatever they are, and verification against beta is
// what makes the output's law exactly q: how good the weights are only matters for the acceptance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/cancel.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/law_pair.hpp"
#include "draft/random.hpp"
#include "draft/scheme.hpp"

namespace pybench::draft {

// The rule of one stage.
struct PairRule {
  std::vector<std::int64_t> alphabet;                           // by rank
  std::vector<std::pair<std::int64_t, std::size_t>> rank;       // of each token of it, ascending tokens
  std::size_t program_size = 0;
  std::vector<double> keeps;  // [program_size, program_size]: the probability that rank i is kept of ranks i and j

  // The probability that `token`, selected so far, is kept and not `next`.
  [[nodiscard]] double kept(std::int64_t token, std::int64_t next) const noexcept;

 private:
  [[nodiscard]] std::size_t rank_of(std::int64_t token) const noexcept;
};

template <typename Real>
class Importance {
 public:
  // O(K (V + program_size^5)).
  Importance(const LawPair<Real>& laws, std::int64_t draft_count, const SchemeOptions& options, CancelToken& cancel);

  [[nodiscard]] double acceptance(CancelToken&) const noexcept { return acceptance_; }
  [[nodiscard]] std::optional<Refusal> refusal(std::span<const std::int64_t>) const { return std::nullopt; }
  [[nodiscard]] double acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const;
  [[nodiscard]] Verified verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const;

  [[nodiscard]] std::span<const PairRule> rules() const noexcept { return rules_; }
  [[nodiscard]] std::span<const double> selection_law() const noexcept { return selected_; }

 private:
  bool add_stage(const SchemeOptions& options);  // false where its rule would not raise the acceptance
  [[nodiscard]] double covered_by(std::span<const double> law) const;
  [[nodiscard]] double accepts(std::int64_t token) const noexcept;

  LawPair<Real> laws_;
  std::vector<PairRule> rules_;   // one for each draft after the first, up to the last that gains
  std::vector<double> selected_;  // beta, of each token
  double acceptance_ = 0.0;
  InverseCdf cdf_;
};

}  // namespace pybench::draft
