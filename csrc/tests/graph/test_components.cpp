#include "graph/components.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>

#include "graph/component_labels.hpp"
#include "graph/giant_sweep.hpp"
#include "graph/path_search.hpp"
#include "tests/check.hpp"
#include "tests/graph/small_graphs.hpp"

using namespace pybench;
using namespace pybench::graph;
using namespace pybench::tests;

namespace {

// By definition: mutually reachable nodes, groups in order of size and then of smallest node.
Components by_definition(const EdgeList& links) {
  const auto reaches = reachability(links);
  const std::size_t n = reaches.size();
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t v = 0; v < n; ++v) {
    const auto home = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return reaches[group[0]][v] && reaches[v][group[0]];
    });
    if (home == groups.end()) {
      groups.push_back({v});
    } else {
      home->push_back(v);
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  Components answer;
  answer.labels.resize(n);
  for (std::size_t c = 0; c < groups.size(); ++c) {
    answer.sizes.push_back(static_cast<std::int64_t>(groups[c].size()));
    for (const std::size_t v : groups[c]) answer.labels[v] = static_cast<std::int32_t>(c);
  }
  return answer;
}

// The depth-first search alone, without the sweeps for a giant.
Components by_search(const Links& links, CancelToken& cancel) {
  auto smallest = zeros<std::int32_t>(static_cast<std::size_t>(links.node_count));
  path_search(links, as_nodes(smallest), cancel);
  return number_components(std::move(smallest), cancel);
}

void check_same(const Components& answer, const Components& expected) {
  CHECK_EQ(answer.sizes, expected.sizes);
  CHECK_EQ(answer.labels, expected.labels);
}

void check_against_definition(const EdgeList& links) {
  CancelToken cancel;
  const Digraph graph = links.digraph();
  check_same(strong_components(graph.links(), cancel), by_definition(links));
  check_same(weak_components(graph.links(), cancel), by_definition(undirected(links)));
}

void check_against_search(const EdgeList& links) {
  CancelToken cancel;
  const Digraph graph = links.digraph();
  const Digraph both_ways = undirected(links).digraph();
  check_same(strong_components(graph.links(), cancel), by_search(graph.links(), cancel));
  check_same(weak_components(graph.links(), cancel), by_search(both_ways.links(), cancel));
}

// A dense core with long paths that enter it, leave it, and leave and come back, small cycles along the way.
EdgeList core_with_tails(std::int64_t core, std::int64_t tail, Draws& draws) {
  EdgeList links = random_links(core, 10 * core, draws);
  for (int kind = 0; kind < 3; ++kind) {
    const std::int64_t first = links.node_count;
    links.node_count += tail;
    for (std::int64_t v = first; v + 1 < first + tail; ++v) {
      links.add(v, v + 1);
      if (v >= first + 3 && draws.below(20) == 0) links.add(v, v - 3);
    }
    if (kind != 0) links.add(draws.below(core), first);
    if (kind != 1) links.add(first + tail - 1, draws.below(core));
  }
  return links;
}

}  // namespace

TEST(components_of_nothing) {
  const EdgeList empty;
  CancelToken cancel;
  const Digraph graph = empty.digraph();
  CHECK(strong_components(graph.links(), cancel).labels.empty());
  CHECK(strong_components(graph.links(), cancel).sizes.empty());
  CHECK(weak_components(graph.links(), cancel).labels.empty());
  CHECK(weak_components(graph.links(), cancel).sizes.empty());
}

TEST(components_of_nodes_without_links) {
  EdgeList links;
  links.node_count = 4;
  check_against_definition(links);
  links.add(2, 2);
  check_against_definition(links);
}

TEST(components_on_small_random_graphs) {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    Draws draws(seed);
    const std::int64_t n = 1 + draws.below(24);
    const EdgeList links = random_links(n, draws.below(4 * n), draws);
    check_against_definition(links);
    check_against_definition(sorted_by_source(links));
  }
}

// Links are looked at in batches and strides: no number of them is special. Few nodes make loops, repeated links and
// runs of one source; many make graphs without a giant.
TEST(components_of_any_number_of_links) {
  for (std::int64_t count = 0; count <= 140; ++count) {
    for (const std::int64_t n : {2, 9, 40}) {
      Draws draws(static_cast<std::uint64_t>(1000 * n + count));
      const EdgeList links = random_links(n, count, draws);
      check_against_definition(links);
      check_against_definition(sorted_by_source(links));
    }
  }
}

// The nodes that only the last link of a batch, or of all, speaks of.
TEST(components_where_the_last_link_decides) {
  for (std::int64_t count = 1; count <= 140; ++count) {
    EdgeList links;  // a heavy pair of nodes, and a cycle through the last node that closes with the last link
    links.node_count = 4;
    for (std::int64_t i = 0; i + 2 < count; ++i) links.add(i % 2, (i + 1) % 2);
    links.add(1, 3);
    links.add(3, 0);
    check_against_definition(links);
    std::reverse(links.source.begin(), links.source.end());
    std::reverse(links.target.begin(), links.target.end());
    check_against_definition(links);
  }
}

// Equal sizes are ordered by the smallest node, whichever of them the sweep takes for the giant.
TEST(components_of_equal_size) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Draws draws(seed);
    EdgeList links;
    links.node_count = 80;
    for (std::int64_t v = 0; v < 80; ++v) {
      const int copies = v % 4 == static_cast<std::int64_t>(seed % 4) ? 9 : 1;  // a heavy cycle draws the pivot
      for (int copy = 0; copy < copies; ++copy) links.add(v, (v + 4) % 80);
    }
    links = shuffled(links, draws);
    check_against_definition(links);
    CancelToken cancel;
    CHECK(giant_sweep(links.digraph().links(), cancel).found);
  }
}

TEST(components_of_many_sizes) {
  const std::vector<std::int64_t> cycles = {1500, 2, 3000, 1023, 1024, 1500, 2, 1, 1025};
  EdgeList links;
  std::vector<std::int32_t> expected;
  const std::vector<std::int32_t> ranks = {1, 6, 0, 5, 4, 2, 7, 8, 3};
  for (std::size_t c = 0; c < cycles.size(); ++c) {
    const std::int64_t first = links.node_count;
    for (std::int64_t k = 0; k < cycles[c]; ++k) links.add(first + k, first + (k + 1) % cycles[c]);
    links.node_count += cycles[c];
    expected.insert(expected.end(), static_cast<std::size_t>(cycles[c]), ranks[c]);
  }
  CancelToken cancel;
  const Digraph graph = links.digraph();
  for (const Components& answer : {strong_components(graph.links(), cancel), weak_components(graph.links(), cancel)}) {
    CHECK_EQ(answer.sizes, (std::vector<std::int64_t>{3000, 1500, 1500, 1025, 1024, 1023, 2, 2, 1}));
    CHECK_EQ(answer.labels, expected);
  }
}

// Every link is settled by the hub at once, yet the hub is alone.
TEST(components_of_a_star) {
  EdgeList links;
  links.node_count = 101;
  for (std::int64_t v = 0; v < 50; ++v) {
    links.add(v, 50);
    links.add(50, 51 + v);
  }
  CancelToken cancel;
  check_against_search(links);
  CHECK_EQ(strong_components(links.digraph().links(), cancel).sizes.size(), 101);
  links.add(60, 61);
  links.add(61, 60);
  check_against_search(links);
}

TEST(components_with_and_without_a_giant) {
  for (const std::int64_t degree_tenths : {3, 10, 12, 20, 50, 150}) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      Draws draws(seed);
      const EdgeList links = random_links(3000, 300 * degree_tenths, draws);
      check_against_search(links);
      check_against_search(sorted_by_source(links));
    }
  }
}

TEST(components_of_a_core_with_tails) {
  bool complete[2] = {false, false};
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Draws draws(seed);
    const EdgeList in_order = core_with_tails(1000, seed < 3 ? 5 : 3000, draws);
    EdgeList reversed = in_order;
    std::reverse(reversed.source.begin(), reversed.source.end());
    std::reverse(reversed.target.begin(), reversed.target.end());
    EdgeList mirrored = in_order;  // tails with smaller ids than the core
    for (auto* ends : {&mirrored.source, &mirrored.target}) {
      for (std::int32_t& id : *ends) id = static_cast<std::int32_t>(mirrored.node_count - 1) - id;
    }
    for (const EdgeList& links : {in_order, reversed, mirrored, shuffled(in_order, draws), shuffled(mirrored, draws)}) {
      check_against_search(links);
      CancelToken cancel;
      const Digraph graph = links.digraph();
      const GiantSweep giant = giant_sweep(graph.links(), cancel);
      if (giant.found) complete[giant.complete ? 1 : 0] = true;
    }
  }
  CHECK(complete[0]);  // the sweeps stopped short of the ends of the tails
  CHECK(complete[1]);
}

TEST(components_of_a_path_of_ten_million_nodes) {
  constexpr std::int32_t n = 10'000'000;
  EdgeList links;
  links.node_count = n;
  links.source.resize(n - 1);
  links.target.resize(n - 1);
  std::iota(links.source.begin(), links.source.end(), 0);
  std::iota(links.target.begin(), links.target.end(), 1);
  for (int direction = 0; direction < 2; ++direction) {
    CancelToken cancel;
    const Digraph graph = links.digraph();
    const Components strong = strong_components(graph.links(), cancel);
    CHECK_EQ(strong.sizes.size(), n);
    CHECK_EQ(strong.labels[n - 1], n - 1);
    const Components weak = weak_components(graph.links(), cancel);
    CHECK_EQ(weak.sizes, std::vector<std::int64_t>{n});
    std::swap(links.source, links.target);
  }
}

TEST(components_listen_to_the_caller) {
  Draws draws(1);
  const EdgeList links = random_links(1000, 5000, draws);
  const Digraph graph = links.digraph();
  CancelToken strong([] { return true; });
  CancelToken weak([] { return true; });
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  CHECK_THROWS(strong_components(graph.links(), strong), Cancelled);
  CHECK_THROWS(weak_components(graph.links(), weak), Cancelled);
}
