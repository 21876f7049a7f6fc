#include "graph/triad_census.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/simd.hpp"
#include "graph/triad_pass.hpp"
#include "tests/check.hpp"

namespace pybench::graph {

namespace {

using Random = std::mt19937_64;

struct Case {
  std::int64_t node_count = 0;
  std::vector<Node> source;
  std::vector<Node> target;

  void add(Node from, Node to) {
    source.push_back(from);
    target.push_back(to);
  }
  [[nodiscard]] Links links() const { return {source, target, node_count, false}; }
};

std::vector<std::uint64_t> narrow(const TriadCensus& census) { return {census.counts.begin(), census.counts.end()}; }

TriadCensus count(const Case& graph, bool by_node = false, int threads = 1) {
  CancelToken cancel;
  return triad_census(graph.links(), by_node, threads, cancel);
}

// Holds PYBENCH_SIMD for a scope.
class ForcedPath {
 public:
  explicit ForcedPath(SimdPath path) { setenv("PYBENCH_SIMD", simd_path_name(path), 1); }
  ~ForcedPath() { unsetenv("PYBENCH_SIMD"); }
  ForcedPath(const ForcedPath&) = delete;
  ForcedPath& operator=(const ForcedPath&) = delete;
};

std::vector<SimdPath> paths() {
  std::vector<SimdPath> all;
  for (const SimdPath path : {SimdPath::portable, SimdPath::avx2, SimdPath::avx512}) {
    if (path <= best_simd_path()) all.push_back(path);
  }
  return all;
}

// The class from the definitions: numbers of mutual and one-way dyads, then what tells the letters apart.
int class_by_definition(const bool (&link)[3][3]) {
  int mutual = 0;
  int one_way = 0;
  int out[3] = {0, 0, 0};  // one-way links only
  int in[3] = {0, 0, 0};
  int with_mutual[3] = {0, 0, 0};
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) {
      if (a == b || !link[a][b]) continue;
      if (link[b][a]) {
        ++with_mutual[a];
        mutual += a < b;
      } else {
        ++one_way;
        ++out[a];
        ++in[b];
      }
    }
  }
  const int most_out = std::max({out[0], out[1], out[2]});
  const int most_in = std::max({in[0], in[1], in[2]});
  switch (mutual * 10 + one_way) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 10:
      return 2;
    case 2:  // 021D: a node with two links out; 021U: with two in; else 021C
      return most_out == 2 ? 3 : most_in == 2 ? 4 : 5;
    case 11:  // 111D: the one-way link comes to a node of the mutual dyad; 111U: it leaves from one
      for (int a = 0; a < 3; ++a) {
        if (with_mutual[a] != 0 && in[a] != 0) return 6;
      }
      return 7;
    case 3:
      return most_out == 2 ? 8 : 9;
    case 20:
      return 10;
    case 12:  // of the node outside the mutual dyad: D two links out, U two in
      return most_out == 2 ? 11 : most_in == 2 ? 12 : 13;
    case 21:
      return 14;
    default:
      return 15;
  }
}

TriadCensus brute_force(const Case& graph) {
  const auto n = static_cast<std::size_t>(graph.node_count);
  std::vector<char> linked(n * n, 0);
  for (std::size_t i = 0; i < graph.source.size(); ++i) linked[graph.source[i] * n + graph.target[i]] = 1;
  TriadCensus census;
  census.by_node.assign(n * triad_class_count, 0);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = a + 1; b < n; ++b) {
      for (std::size_t c = b + 1; c < n; ++c) {
        const std::size_t nodes[3] = {a, b, c};
        bool link[3][3];
        for (int i = 0; i < 3; ++i) {
          for (int j = 0; j < 3; ++j) link[i][j] = linked[nodes[i] * n + nodes[j]] != 0;
        }
        const auto found = static_cast<std::size_t>(class_by_definition(link));
        ++census.counts[found];
        for (const std::size_t node : nodes) ++census.by_node[node * triad_class_count + found];
      }
    }
  }
  return census;
}

// Every ordered pair with the given chance; some links twice, some loops.
Case random_case(Random& random, std::int64_t node_count, double density) {
  Case graph{node_count, {}, {}};
  std::uniform_real_distribution<double> uniform;
  for (Node a = 0; a < node_count; ++a) {
    for (Node b = 0; b < node_count; ++b) {
      if (uniform(random) >= (a == b ? 0.2 : density)) continue;
      graph.add(a, b);
      if (uniform(random) < 0.2) graph.add(a, b);
    }
  }
  std::vector<std::size_t> order(graph.source.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  Case shuffled{node_count, {}, {}};
  for (const std::size_t i : order) shuffled.add(graph.source[i], graph.target[i]);
  return shuffled;
}

// Hubs, long rows, duplicates, loops and mutual dyads; enough links for several threads and blocks.
Case skewed_case(std::int64_t node_count, std::size_t link_count, std::uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> uniform;
  const auto pick = [&](double power) {
    return static_cast<Node>(std::pow(uniform(random), power) * static_cast<double>(node_count) * 0.999);
  };
  Case graph{node_count, {}, {}};
  while (graph.source.size() < link_count) {
    const Node from = pick(2);
    const Node to = pick(3);
    graph.add(from, to);
    if (uniform(random) < 0.3) graph.add(to, from);
  }
  return graph;
}

void check_same(const TriadCensus& left, const TriadCensus& right) {
  CHECK(left.counts == right.counts);
  CHECK(left.by_node == right.by_node);
}

}  // namespace

TEST(triad_census_equals_brute_force) {
  Random random(1);
  for (std::int64_t node_count = 0; node_count <= 12; ++node_count) {
    for (const double density : {0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 0.95, 1.0}) {
      for (int repeat = 0; repeat < 6; ++repeat) {
        const Case graph = random_case(random, node_count, density);
        const TriadCensus expected = brute_force(graph);
        for (const SimdPath path : paths()) {
          const ForcedPath forced(path);
          CHECK_EQ(narrow(count(graph)), narrow(expected));
          const TriadCensus by_node = count(graph, true);
          CHECK_EQ(narrow(by_node), narrow(expected));
          CHECK_EQ(by_node.by_node, expected.by_node);
        }
      }
    }
  }
}

TEST(triad_census_of_larger_graphs_equals_brute_force) {
  Random random(2);
  for (const std::int64_t node_count : {33, 64, 130}) {
    for (const double density : {0.03, 0.3, 0.8}) {
      const Case graph = random_case(random, node_count, density);
      const TriadCensus expected = brute_force(graph);
      for (const SimdPath path : paths()) {
        const ForcedPath forced(path);
        CHECK_EQ(narrow(count(graph)), narrow(expected));
        check_same(count(graph, true), expected);
      }
    }
  }
}

TEST(triad_census_knows_every_class_by_one_triad) {
  const std::vector<std::vector<std::pair<Node, Node>>> triads = {
      {},                                        // 003
      {{0, 1}},                                  // 012
      {{0, 1}, {1, 0}},                          // 102
      {{1, 0}, {1, 2}},                          // 021D
      {{0, 1}, {2, 1}},                          // 021U
      {{0, 1}, {1, 2}},                          // 021C
      {{0, 1}, {1, 0}, {2, 1}},                  // 111D
      {{0, 1}, {1, 0}, {1, 2}},                  // 111U
      {{0, 1}, {2, 1}, {0, 2}},                  // 030T
      {{0, 1}, {1, 2}, {2, 0}},                  // 030C
      {{0, 1}, {1, 0}, {1, 2}, {2, 1}},          // 201
      {{1, 0}, {1, 2}, {0, 2}, {2, 0}},          // 120D
      {{0, 1}, {2, 1}, {0, 2}, {2, 0}},          // 120U
      {{0, 1}, {1, 2}, {0, 2}, {2, 0}},          // 120C
      {{0, 1}, {1, 2}, {2, 1}, {0, 2}, {2, 0}},  // 210
      {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {0, 2}, {2, 0}},
  };
  for (std::size_t expected = 0; expected < triads.size(); ++expected) {
    Case graph{3, {}, {}};
    for (const auto& [from, to] : triads[expected]) graph.add(from, to);
    std::vector<std::uint64_t> one(triad_class_count, 0);
    one[expected] = 1;
    CHECK_EQ(narrow(count(graph)), one);
  }
}

TEST(triad_census_of_fewer_than_three_nodes_is_zero) {
  for (const std::int64_t node_count : {0, 1, 2}) {
    Case graph{node_count, {}, {}};
    if (node_count == 2) graph.add(0, 1);
    const TriadCensus census = count(graph, true);
    CHECK_EQ(narrow(census), std::vector<std::uint64_t>(triad_class_count, 0));
    CHECK_EQ(census.by_node.size(), static_cast<std::size_t>(node_count) * triad_class_count);
  }
}

TEST(triad_census_is_the_same_for_all_threads_and_paths) {
  const Case graph = skewed_case(20'000, 300'000, 3);
  const TriadCensus expected = count(graph, true);
  for (const int threads : {1, 2, 3}) {
    for (const SimdPath path : paths()) {
      const ForcedPath forced(path);
      CHECK(count(graph, false, threads).counts == expected.counts);
      check_same(count(graph, true, threads), expected);
    }
  }
  CancelToken cancel;
  ThreadTeam team(2);
  check_same(triad_pass<std::uint64_t>(graph.links(), true, team, cancel), expected);
  CHECK(triad_pass<std::uint64_t>(graph.links(), false, team, cancel).counts == expected.counts);
}

// Loops count as nothing, but take a graph over the limits between the ways to prepare it.
TEST(triad_census_is_the_same_by_blocks_and_at_once) {
  Case hub{150'000, {}, {}};  // of most links at both sides of a dyad, some of them twice
  for (Node leaf = 1; leaf < 150'000; ++leaf) {
    hub.add(leaf, 0);
    if (leaf % 3 == 0) hub.add(0, leaf);
    if (leaf % 7 == 0) hub.add(leaf, leaf - 1);
    if (leaf % 21 == 0) hub.add(leaf, 0);
  }
  const Case none{5, {}, {}};
  for (const Case& graph : {skewed_case(20'000, 100'000, 9), skewed_case(70'000, 400'000, 10), hub, none}) {
    const TriadCensus expected = count(graph, true);
    Case padded = graph;
    while (padded.source.size() < (std::size_t{1} << 19) + 1000) padded.add(4, 4);
    for (const int threads : {1, 2, 3}) {
      check_same(count(padded, true, threads), expected);
      CHECK(count(padded, false, threads).counts == expected.counts);
      CancelToken cancel;
      ThreadTeam team(threads);
      check_same(triad_pass<std::uint64_t>(padded.links(), true, team, cancel), expected);
    }
  }
}

// A node without links makes the table of pairs too large, and only triads of fewer than two dyads.
TEST(triad_census_is_the_same_with_and_without_a_table_of_pairs) {
  Random random(11);
  for (const std::int64_t node_count : {3, 40, 64, 65, 200, 1'000}) {
    std::uniform_int_distribution<Node> pick(0, static_cast<Node>(node_count - 1));
    Case graph{node_count, {}, {}};
    for (std::int64_t link = 0; link < 40 * node_count; ++link) {
      const Node from = pick(random);
      graph.add(from, pick(random) * pick(random) % static_cast<Node>(node_count));
    }
    Case wide = graph;
    wide.node_count = 5'000;
    for (const SimdPath path : paths()) {
      const ForcedPath forced(path);
      const TriadCensus narrow_census = count(graph, true);
      const TriadCensus wide_census = count(wide, true);
      for (std::size_t index = 3; index < triad_class_count; ++index) {
        CHECK(narrow_census.counts[index] == wide_census.counts[index]);
        for (std::size_t node = 0; node < static_cast<std::size_t>(node_count); ++node) {
          const std::size_t place = node * triad_class_count + index;
          CHECK_EQ(narrow_census.by_node[place], wide_census.by_node[place]);
        }
      }
    }
  }
}

TEST(triad_census_by_node_counts_every_triad_three_times) {
  const Case graph = skewed_case(5'000, 60'000, 4);
  const TriadCensus census = count(graph, true);
  std::vector<std::uint64_t> sums(triad_class_count, 0);
  for (std::size_t i = 0; i < census.by_node.size(); ++i) {
    CHECK(census.by_node[i] >= 0);
    sums[i % triad_class_count] += static_cast<std::uint64_t>(census.by_node[i]);
  }
  std::vector<std::uint64_t> expected = narrow(census);
  for (std::uint64_t& value : expected) value *= 3;
  CHECK_EQ(sums, expected);
}

TEST(triad_census_of_reversed_links_swaps_its_pairs) {
  const Case graph = skewed_case(3'000, 20'000, 5);
  std::vector<std::uint64_t> expected = narrow(count(graph));
  std::swap(expected[3], expected[4]);
  std::swap(expected[6], expected[7]);
  std::swap(expected[11], expected[12]);
  CHECK_EQ(narrow(count({graph.node_count, graph.target, graph.source})), expected);
}

TEST(triad_census_ignores_order_names_loops_and_duplicates) {
  const Case graph = skewed_case(2'000, 15'000, 6);
  Random random(7);
  std::vector<Node> name(2'000);
  std::iota(name.begin(), name.end(), Node{0});
  std::shuffle(name.begin(), name.end(), random);
  std::set<std::pair<Node, Node>> distinct;
  for (std::size_t i = 0; i < graph.source.size(); ++i) {
    if (graph.source[i] != graph.target[i]) distinct.insert({name[graph.source[i]], name[graph.target[i]]});
  }
  Case simple{graph.node_count, {}, {}};
  for (const auto& [from, to] : distinct) simple.add(from, to);
  const TriadCensus expected = count(graph, true);
  const TriadCensus renamed = count(simple, true);
  CHECK_EQ(narrow(renamed), narrow(expected));
  for (std::size_t node = 0; node < name.size(); ++node) {
    const auto row = [](const TriadCensus& census, std::size_t id) {
      const auto begin = census.by_node.begin() + static_cast<std::ptrdiff_t>(id * triad_class_count);
      return std::vector<std::int64_t>(begin, begin + triad_class_count);
    };
    CHECK(row(expected, node) == row(renamed, name[node]));
  }
}

TEST(triad_census_counts_beyond_64_bits) {
  Case graph{5'000'000, {}, {}};
  graph.add(4'999'999, 0);
  const TriadCensus census = count(graph);
  const auto n = static_cast<WideCount>(graph.node_count);
  CHECK(census.counts[1] == n - 2);
  CHECK(census.counts[0] == n * (n - 1) * (n - 2) / 6 - (n - 2));
  CHECK(census.counts[0] >> 64 != 0);
}

TEST(triad_census_of_a_complete_graph_and_of_a_star) {
  Case complete{700, {}, {}};
  Case star{150'000, {}, {}};
  for (Node a = 0; a < 700; ++a) {
    for (Node b = 0; b < 700; ++b) complete.add(a, b);
  }
  for (Node leaf = 1; leaf < 150'000; ++leaf) star.add(leaf, 0);
  for (const SimdPath path : paths()) {  // more than 511 steps a lane: the counters are emptied on the way
    const ForcedPath forced(path);
    CHECK(count(complete).counts[15] == WideCount{700} * 699 * 698 / 6);
    CHECK(count(star).counts[4] == WideCount{149'999} * 149'998 / 2);
    const TriadCensus by_node = count(complete, true);
    CHECK_EQ(by_node.by_node.back(), 699 * 698 / 2);
  }
}

TEST(triad_census_stops_when_asked) {
  const Case graph = skewed_case(300'000, 2'000'000, 8);
  for (const int threads : {1, 2}) {
    CancelToken cancel([] { return true; });
    CHECK_THROWS(triad_census(graph.links(), false, threads, cancel), Cancelled);
  }
}

}  // namespace pybench::graph
