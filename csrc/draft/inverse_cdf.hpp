// Drawing a token by the inverse distribution function, in token order, from weights that are never stored: only their
// sums over blocks of tokens are, and a draw looks at the weights of one block. A token of weight 0 is never drawn.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "draft/sums.hpp"

namespace pybench::draft {

inline constexpr std::size_t cdf_block = 64;

inline std::size_t block_count(std::size_t size) noexcept { return (size + cdf_block - 1) / cdf_block; }

// The sum over one block. The weights are found first, in a loop of their own, which the compiler makes wide.
template <typename Weight>
double block_sum(std::size_t size, std::size_t block, Weight&& weight) {
  const std::size_t begin = block * cdf_block, count = std::min(size - begin, cdf_block);
  double value[cdf_block];
  for (std::size_t i = 0; i < count; ++i) value[i] = weight(begin + i);
  return sum_over(0, count, [&](std::size_t i) { return value[i]; });
}

// The first token of the block whose weights, summed up from the block's begin, exceed `target`; the last one of positive
// weight where rounding lets none do so. The block must hold a positive weight.
template <typename Weight>
std::int64_t draw_in_block(std::size_t size, std::size_t block, double target, Weight&& weight) {
  const std::size_t end = std::min(size, (block + 1) * cdf_block);
  std::size_t last = block * cdf_block;
  double sum = 0.0;
  for (std::size_t token = last; token < end; ++token) {
    const double value = weight(token);
    if (!(value > 0.0)) continue;
    last = token;
    sum += value;
    if (sum > target) break;
  }
  return static_cast<std::int64_t>(last);
}

// The last block whose edge is above the one before it: where a draw lands that rounding has taken past the total.
inline std::size_t last_rise(std::span<const double> edges) noexcept {
  std::size_t block = edges.size() - 1;
  while (block > 0 && !(edges[block] > edges[block - 1])) --block;
  return block;
}

// O(size) to make, O(log size + block) a draw. The caller passes the same weights to both.
class InverseCdf {
 public:
  InverseCdf() = default;

  template <typename Weight>
    requires std::is_invocable_v<Weight, std::size_t>
  InverseCdf(std::size_t size, Weight&& weight) : size_(size), edge_(block_count(size)) {
    double sum = 0.0;
    for (std::size_t block = 0; block < edge_.size(); ++block) edge_[block] = sum += block_sum(size, block, weight);
  }

  // From the sums over the blocks.
  InverseCdf(std::size_t size, std::vector<double>&& block_sums) : size_(size), edge_(std::move(block_sums)) {
    double sum = 0.0;
    for (double& edge : edge_) edge = sum += edge;
  }

  [[nodiscard]] double total() const noexcept { return edge_.back(); }

  // Needs a positive total; uniform in [0, 1).
  template <typename Weight>
  [[nodiscard]] std::int64_t draw(double uniform, Weight&& weight) const {
    const double target = uniform * total();
    auto block = static_cast<std::size_t>(std::upper_bound(edge_.begin(), edge_.end(), target) - edge_.begin());
    if (block == edge_.size()) block = last_rise(edge_);
    return draw_in_block(size_, block, block == 0 ? target : target - edge_[block - 1], weight);
  }

 private:
  std::size_t size_ = 0;
  std::vector<double> edge_;  // the sum up to the end of each block
};

// A draw in one scan over the blocks, where a few tokens have weights of their own: for weights that serve once.
// `changed` holds those tokens, ascending, and `value` their weights; sum_of(block) is the sum of an unchanged block.
// The sum over all is found first; -1 where it is 0.
template <typename Weight, typename SumOf>
std::int64_t draw_once(std::size_t size, double uniform, std::span<const std::int64_t> changed,
                       std::span<const double> value, Weight&& weight, SumOf&& sum_of) {
  const auto weight_of = [&](std::size_t token) {
    const auto place = std::lower_bound(changed.begin(), changed.end(), static_cast<std::int64_t>(token));
    const bool found = place != changed.end() && *place == static_cast<std::int64_t>(token);
    return found ? value[static_cast<std::size_t>(place - changed.begin())] : weight(token);
  };
  std::vector<double> edges(block_count(size));
  double sum = 0.0;
  std::size_t next = 0;
  for (std::size_t block = 0; block < edges.size(); ++block) {
    const auto end = static_cast<std::int64_t>((block + 1) * cdf_block);
    const std::size_t first = next;
    while (next < changed.size() && changed[next] < end) ++next;
    edges[block] = sum += next == first ? sum_of(block) : block_sum(size, block, weight_of);
  }
  if (!(sum > 0.0)) return -1;
  const double target = uniform * sum;
  auto block = static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), target) - edges.begin());
  if (block == edges.size()) block = last_rise(edges);
  return draw_in_block(size, block, block == 0 ? target : target - edges[block - 1], weight_of);
}

}  // namespace pybench::draft
