// Block verification of a chain of drafts (Sun et al., Block Verification Accelerates Speculative Decoding, 2024).
//
// A chain is L tokens, each drawn from the draft law that follows the tokens before it. With p_0 = 1 and
//   p_i = min(1, p_{i-1} target_i(x_i) / draft_i(x_i)),   S_i = sum over x of (p_i target_{i+1}(x) - draft_{i+1}(x))^+,
//   h_i = S_i / (S_i + 1 - p_i) for i < L,   h_L = p_L,
// the first i tokens are kept for the largest i with u_i < h_i, or none; what follows them is drawn from the law in S_i,
// or from target_{L+1} after all L. What is put out, and then continued by the target, has the target's law.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "draft/random.hpp"
#include "draft/residual.hpp"

namespace pybench::draft {

// One chain. Throws InvalidInput on construction for laws that are none and tokens that cannot have been drawn; `index` is
// the chain's number in the text, negative where it is the only one. The arrays must outlive it.
template <typename Real>
class BlockChain {
 public:
  // draft [L, vocabulary], target [L + 1, vocabulary], tokens [L]; all rows are read once.
  BlockChain(std::span<const Real> draft, std::span<const Real> target, std::span<const std::int64_t> tokens,
             std::int64_t index);

  [[nodiscard]] std::size_t length() const noexcept { return tokens_.size(); }

  // p_i, 0 <= i <= L: the probability that the first i tokens are kept, over all that may follow them.
  [[nodiscard]] double ratio(std::size_t count) const noexcept { return ratio_[count]; }

  // h_i, 1 <= i <= L. Reads two laws, for i < L.
  [[nodiscard]] double kept(std::size_t count) const noexcept;

  // The law of what follows when the first i tokens are kept, 0 <= i <= L.
  [[nodiscard]] Residual<Real> residual(std::size_t count) const noexcept;

 private:
  std::span<const Real> draft_;
  std::span<const Real> target_;
  std::span<const std::int64_t> tokens_;
  std::size_t vocabulary_;
  std::vector<double> draft_weight_;
  std::vector<double> target_weight_;
  std::vector<double> ratio_;
};

struct BlockOutcome {
  std::int64_t accepted_count;
  std::int64_t token;
};

// u_i is the first uniform of Purpose::accepting, draw i - 1, and the next token's that of Purpose::residual, draw 0. All
// of them belong to the position of the chain's first token: chains of a request that overlap share no random number.
template <typename Real>
BlockOutcome block_verify(const BlockChain<Real>& chain, const Row& row) noexcept;

// Many chains of one length.
template <typename Real>
struct BlockBatch {
  std::span<const Real> draft;               // [B, L, vocabulary]
  std::span<const Real> target;              // [B, L + 1, vocabulary]
  std::span<const std::int64_t> tokens;      // [B, L]
  std::span<const std::uint64_t> request;    // [B]
  std::span<const std::uint64_t> position;   // [B]
  std::size_t length;
  std::size_t vocabulary;
  bool one;  // no batch: errors name no chain
};

// Outcomes [B], the same for any number of threads (<= 0: all cores); so is the error, that of the first bad chain.
template <typename Real>
std::vector<BlockOutcome> block_verify(const BlockBatch<Real>& batch, std::uint64_t key, int threads, CancelToken& cancel);

}  // namespace pybench::draft
