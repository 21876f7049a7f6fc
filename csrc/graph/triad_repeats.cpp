#include "graph/triad_repeats.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "graph/counting_sort.hpp"

namespace pybench::graph {

namespace {

using Word = std::uint64_t;
constexpr std::size_t word_bits = 64;
constexpr std::size_t largest_table = std::size_t{1} << 17;  // 1 MiB

std::size_t words_in_row(std::int64_t node_count) noexcept {
  return (static_cast<std::size_t>(node_count) + word_bits - 1) / word_bits;
}

}  // namespace

bool pair_table_is_small(const Links& links) noexcept {
  const std::size_t table = words_in_row(links.node_count) * static_cast<std::size_t>(links.node_count);
  return table <= std::min(largest_table, links.source.size());
}

DistinctLinks distinct_links(const Links& links, CancelToken& cancel) {
  const std::size_t row = words_in_row(links.node_count);
  Scratch<Word> seen(row * static_cast<std::size_t>(links.node_count));
  std::fill_n(seen.data(), seen.size(), Word{0});
  DistinctLinks distinct{Scratch<Node>(links.source.size()), Scratch<Node>(links.source.size()), {}};
  std::size_t kept = 0;
  in_strides(links.source.size(), cancel, [&](std::size_t begin, std::size_t end) {
    const Node* const sources = links.source.data();
    const Node* const targets = links.target.data();
    Word* const words = seen.data();
    Node* const kept_sources = distinct.source.data();
    Node* const kept_targets = distinct.target.data();
    std::size_t next = kept;
    for (std::size_t i = begin; i < end; ++i) {
      // Whether a link is new cannot be guessed: it is written in any case, and overwritten when it is not.
      const Node source = sources[i];
      const Node target = targets[i];
      Word& word = words[source * row + target / word_bits];
      const std::size_t is_new = static_cast<std::size_t>(~word >> target % word_bits & 1) & (source != target);
      word |= Word{1} << target % word_bits;
      kept_sources[next] = source;
      kept_targets[next] = target;
      next += is_new;
    }
    kept = next;
  });
  distinct.links = {distinct.source.first(kept), distinct.target.first(kept), links.node_count, links.sorted_by_source};
  return distinct;
}

}  // namespace pybench::graph
