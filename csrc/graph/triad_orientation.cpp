#include "graph/triad_orientation.hpp"

#include <algorithm>
#include <utility>

#include "graph/triad_blocks.hpp"
#include "graph/triad_lists.hpp"
#include "graph/triad_ranks.hpp"
#include "graph/triad_rows.hpp"

namespace pybench::graph {

namespace {

// Below this many links one worker has all in its cache: links need not be brought together by block, and rows may be
// written with room for duplicates.
constexpr std::int64_t most_links_at_once = std::int64_t{1} << 19;
static_assert(most_links_at_once <= DegreeRanks::highest_told_apart, "room is reserved by degree");

// A thread has to be worth its start, and its tables (12 bytes a node) must not outgrow the links. Below the limit of the
// one-pass preparation one worker is faster than two in blocks.
int useful_workers(const Links& links, const ThreadTeam& team) {
  if (links.size() < most_links_at_once) return 1;
  const std::int64_t by_work = links.size() >> 16;
  const std::int64_t by_memory = 1 + links.size() / std::max<std::int64_t>(1, links.node_count);
  return static_cast<int>(
      std::clamp<std::int64_t>(team.size(), 1, std::max<std::int64_t>(1, std::min(by_work, by_memory))));
}

}  // namespace

template <typename Position>
TriadOrientation<Position> orient_by_degree(const Links& links, ThreadTeam& team, CancelToken& cancel) {
  const int workers = useful_workers(links, team);
  TriadOrientation<Position> graph;
  DegreeRanks ranks = rank_by_degree<Position>(links, team, workers, cancel);
  graph.rank = std::move(ranks.rank);
  graph.ranked_count = std::max<std::int64_t>(1, ranks.ranked_count);
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  graph.row_begin = Scratch<Position>(node_count);
  graph.in_begin = Scratch<Position>(node_count + 1);
  graph.in_end = Scratch<Position>(node_count);

  if (links.size() < most_links_at_once) {
    fill_in_lists_at_once(links, ranks, cancel, graph);
    fill_rows_at_once(links, cancel, graph);
  } else {
    const HubBlocks blocks(graph.ranked_count);
    fill_in_lists(links_by_block(links, graph.rank, blocks, team, workers, cancel), blocks, team, cancel, graph);
    fill_rows(team, workers, cancel, graph);
  }
  return graph;
}

template TriadOrientation<std::uint32_t> orient_by_degree(const Links&, ThreadTeam&, CancelToken&);
template TriadOrientation<std::uint64_t> orient_by_degree(const Links&, ThreadTeam&, CancelToken&);

}  // namespace pybench::graph
