// The links of a triad census as dyads of ranks, brought together by the rank of their higher node, so that sorting them
// by that node stays within the cache.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "core/thread_team.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// Ranges of ranks that get narrower towards the top, where most links end: sixteen an octave of the distance from the
// top. The block of a rank is a few instructions, no table. Block 0 holds the highest rank.
class HubBlocks {
 public:
  explicit HubBlocks(std::int64_t node_count) noexcept
      : top_(static_cast<Node>(node_count - 1)), count_(index(top_) + 1) {}

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t block_of(Node rank) const noexcept { return index(top_ - rank); }

  // Ranks [begin, end) of a block.
  [[nodiscard]] std::int64_t begin(std::size_t block) const noexcept {
    return block + 1 >= count_ ? 0 : std::int64_t{top_} + 1 - lowest_distance(block + 1);
  }
  [[nodiscard]] std::int64_t end(std::size_t block) const noexcept {
    return std::int64_t{top_} + 1 - lowest_distance(block);
  }

 private:
  static std::size_t index(Node distance) noexcept {
    const auto shift = static_cast<int>(std::bit_width(distance | 16)) - 5;  // at least 0, without a comparison
    return (static_cast<std::size_t>(shift) << 4) + (distance >> shift);
  }
  static std::int64_t lowest_distance(std::size_t block) noexcept {
    if (block < 32) return static_cast<std::int64_t>(block);
    const std::size_t shift = (block >> 4) - 1;
    return static_cast<std::int64_t>((block - (shift << 4)) << shift);
  }

  Node top_;
  std::size_t count_;
};

// A link as its dyad: rank of the higher node, then rank of the lower one and the label seen from the lower one.
struct RankedLink {
  Node high;
  std::uint32_t low_and_label;  // rank << 2 | label
};

// From the ranks of both ends. Which one is higher is a coin toss: arithmetic, because a branch would be guessed wrong
// every other time.
inline RankedLink ranked_link(Node source, Node target) noexcept {
  const Node downward = source > target;
  const Node swap = (source ^ target) & (0U - downward);
  return {target ^ swap, (source ^ swap) << 2 | (1U + downward)};
}

// The links without loops, by the block of their higher node. They lie in segments of equal size that every worker takes
// from a stretch of its own in the order of need, so that nothing has to be counted first and no worker waits for another.
struct LinksByBlock {
  static constexpr std::size_t segment_links = 512;

  Scratch<RankedLink> storage;
  Scratch<std::size_t> previous_end;       // by segment: as in `ends`, of its block before the segment was begun
  std::vector<Scratch<std::size_t>> ends;  // by worker, by block: the place behind the latest link; 0 before the first

  // Body(links) of each segment of a block, in no defined order.
  template <typename Body>
  void for_each_segment(std::size_t block, Body&& body) const {
    for (const Scratch<std::size_t>& end_of_block : ends) {
      for (std::size_t end = end_of_block[block]; end != 0;) {
        const std::size_t segment = (end - 1) / segment_links;
        body(std::span<const RankedLink>(storage.data() + segment * segment_links, storage.data() + end));
        end = previous_end[segment];
      }
    }
  }

  [[nodiscard]] std::size_t size(std::size_t block) const noexcept {
    std::size_t links = 0;
    for_each_segment(block, [&](std::span<const RankedLink> segment) { links += segment.size(); });
    return links;
  }
};

LinksByBlock links_by_block(const Links& links, const Scratch<Node>& rank, const HubBlocks& blocks, ThreadTeam& team,
                            int workers, CancelToken& cancel);

}  // namespace pybench::graph
