// Which graphs the moves of the null models reach, by enumeration of all digraphs of four and five nodes. The moves are
// written here by their definition, on bits, apart from the chain's own code.
#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "tests/check.hpp"

namespace {

// A digraph on n nodes: a bit for each pair of different nodes.
using Bits = std::uint32_t;

struct Moves {
  bool dyads;  // keep mutual dyads
  bool turns;  // reversals of directed cycles of three; for dyads also of the middle of directed paths of three links
};

class Graph {
 public:
  Graph(int node_count, Bits links) : n(node_count), links_(links) {}

  [[nodiscard]] bool has(int a, int b) const { return a != b && (links_ & bit(a, b)) != 0; }
  [[nodiscard]] bool mutual(int a, int b) const { return has(a, b) && has(b, a); }
  [[nodiscard]] bool one_way(int a, int b) const { return has(a, b) && !has(b, a); }
  // The state of a dyad as its first node sees it: bits for out and in.
  [[nodiscard]] int dyad(int a, int b) const { return has(a, b) + 2 * has(b, a); }
  [[nodiscard]] Bits bits() const { return links_; }

  Graph with(int a, int b, int state) const {
    const Bits rest = links_ & ~bit(a, b) & ~bit(b, a);
    return {n, rest | ((state & 1) != 0 ? bit(a, b) : 0) | ((state & 2) != 0 ? bit(b, a) : 0)};
  }
  Graph without(int a, int b) const { return {n, links_ & ~bit(a, b)}; }
  Graph and_link(int a, int b) const { return {n, links_ | bit(a, b)}; }

  int n;

 private:
  [[nodiscard]] Bits bit(int a, int b) const { return Bits{1} << (a * (n - 1) + b - (b > a)); }
  Bits links_;
};

// Calls body for every graph that one move with the first link (or dyad) a->b makes of this one.
template <typename Body>
void each_switch(const Graph& graph, Moves moves, int a, int b, Body&& body) {
  for (int c = 0; c < graph.n; ++c) {
    for (int d = 0; d < graph.n; ++d) {
      if (!graph.has(c, d) || a == c || b == d || a == d || c == b) continue;
      if (!moves.dyads) {
        if (graph.has(a, d) || graph.has(c, b)) continue;
        body(graph.without(a, b).without(c, d).and_link(a, d).and_link(c, b));
        continue;
      }
      // Two dyads in the same state change it with two others that are in the same state.
      const int state = graph.dyad(a, b);
      const int other = graph.dyad(a, d);
      if (state != graph.dyad(c, d) || other != graph.dyad(c, b) || state == other) continue;
      body(graph.with(a, b, other).with(c, d, other).with(a, d, state).with(c, b, state));
    }
  }
}

template <typename Body>
void each_turn(const Graph& graph, Moves moves, int a, int b, Body&& body) {
  for (int c = 0; c < graph.n; ++c) {
    if (a == c || !graph.one_way(a, b) || !graph.one_way(b, c)) continue;
    if (graph.one_way(c, a)) body(graph.with(a, b, 2).with(b, c, 2).with(c, a, 2));
    for (int d = 0; moves.dyads && d < graph.n; ++d) {
      // a->b->c->d becomes a->c->b->d.
      const int state = graph.dyad(a, c);
      if (d == a || d == b || !graph.one_way(c, d) || state != graph.dyad(b, d) || state == 1 || state == 2) continue;
      body(graph.with(a, b, state).with(c, d, state).with(a, c, 1).with(c, b, 1).with(b, d, 1));
    }
  }
}

// What a null model keeps, as a number: nine bits a node.
std::uint64_t kept_of(const Graph& graph, bool dyads) {
  std::uint64_t key = 0;
  for (int a = 0; a < graph.n; ++a) {
    std::uint64_t out = 0, in = 0, both = 0;
    for (int b = 0; b < graph.n; ++b) {
      out += graph.has(a, b);
      in += graph.has(b, a);
      both += graph.mutual(a, b);
    }
    key = key << 9 | out << 6 | in << 3 | (dyads ? both : 0);
  }
  return key;
}

// Sets of graphs with the same kept degrees, those that fall apart under the moves, and the graphs of the largest of these.
struct Reach {
  std::size_t sets = 0;
  std::size_t apart = 0;
  std::size_t largest_apart = 0;
  friend bool operator==(const Reach&, const Reach&) = default;
};

Reach reach_of(int n, Moves moves) {
  const Bits count = Bits{1} << (n * (n - 1));
  std::vector<Bits> parent(count);
  std::iota(parent.begin(), parent.end(), Bits{0});
  const auto root = [&](Bits v) {
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
  };
  bool kept = true;
  for (Bits v = 0; v < count; ++v) {
    const Graph graph(n, v);
    const auto join = [&](const Graph& moved) {
      kept = kept && kept_of(moved, moves.dyads) == kept_of(graph, moves.dyads);
      parent[root(v)] = root(moved.bits());
    };
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) {
        if (!graph.has(a, b)) continue;
        each_switch(graph, moves, a, b, join);
        if (moves.turns) each_turn(graph, moves, a, b, join);
      }
    }
  }
  CHECK(kept);
  struct Set {
    Bits first_root;
    std::size_t graphs = 0;
    bool apart = false;
  };
  std::map<std::uint64_t, Set> sets;
  for (Bits v = 0; v < count; ++v) {
    Set& mine = sets.emplace(kept_of(Graph(n, v), moves.dyads), Set{root(v)}).first->second;
    ++mine.graphs;
    mine.apart = mine.apart || root(v) != mine.first_root;
  }
  Reach reach{sets.size()};
  for (const auto& [key, set] : sets) {
    reach.apart += set.apart;
    if (set.apart) reach.largest_apart = std::max(reach.largest_apart, set.graphs);
  }
  return reach;
}

}  // namespace

TEST(two_link_switches_alone_do_not_reach_every_digraph) {
  // A directed cycle of three has no two links that could be switched: igraph's issue 1456.
  CHECK(reach_of(3, {false, false}).apart > 0);
  CHECK(reach_of(4, {false, false}).apart > 0);
  CHECK_EQ(reach_of(4, {true, false}).apart, std::size_t{264});
}

TEST(switches_and_turns_reach_every_digraph_of_four_nodes) {
  CHECK_EQ(reach_of(4, {false, true}).apart, std::size_t{0});
  CHECK(reach_of(4, {true, true}) == Reach{3'550});
}

// The numbers that the docs state.
#if !defined(__SANITIZE_ADDRESS__)
TEST(what_switches_and_turns_reach_of_five_nodes) {
  CHECK_EQ(reach_of(5, {false, true}).apart, std::size_t{0});
  CHECK_EQ(reach_of(5, {true, false}).apart, std::size_t{125'013});
  CHECK((reach_of(5, {true, true}) == Reach{583'346, 17'275, 12}));
}
#endif
