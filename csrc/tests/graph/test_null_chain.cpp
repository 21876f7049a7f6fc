#include "graph/null_chain.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "graph/null_samples.hpp"
#include "tests/check.hpp"
#include "tests/graph/small_graphs.hpp"

using namespace pybench;
using namespace pybench::graph;
using namespace pybench::tests;

namespace {

using LinkSet = std::set<std::pair<Node, Node>>;

LinkSet set_of(const Links& links) {
  LinkSet all;
  for (std::size_t i = 0; i < links.source.size(); ++i) all.emplace(links.source[i], links.target[i]);
  return all;
}

// Out-degree, in-degree and mutual dyads of every node.
std::vector<std::array<int, 3>> degrees_of(const LinkSet& links, std::int64_t node_count) {
  std::vector<std::array<int, 3>> degrees(static_cast<std::size_t>(node_count));
  for (const auto& [a, b] : links) {
    ++degrees[a][0];
    ++degrees[b][1];
    degrees[a][2] += links.contains({b, a});
  }
  return degrees;
}

LinkSet simple_links(const EdgeList& links) {
  LinkSet all;
  for (std::size_t i = 0; i < links.source.size(); ++i) {
    if (links.source[i] != links.target[i]) {
      all.emplace(static_cast<Node>(links.source[i]), static_cast<Node>(links.target[i]));
    }
  }
  return all;
}

// Random links, some of them both ways.
EdgeList mixed_links(std::int64_t node_count, std::int64_t link_count, Draws& draws) {
  EdgeList links = random_links(node_count, link_count, draws);
  for (std::int64_t i = 0; i < link_count / 3; ++i) {
    links.add(links.target[static_cast<std::size_t>(i)], links.source[static_cast<std::size_t>(i)]);
  }
  return links;
}

}  // namespace

TEST(a_chain_keeps_what_it_must_at_every_step) {
  Draws draws(1);
  for (const std::int64_t node_count : {3, 4, 7, 20, 60}) {
    for (const std::int64_t link_count : {2, 5, 30, 200}) {
      const EdgeList links = mixed_links(node_count, link_count, draws);
      const LinkSet before = simple_links(links);
      const auto kept = degrees_of(before, node_count);
      const Digraph graph = links.digraph();
      CancelToken cancel;
      for (const Preserve preserve : {Preserve::degree, Preserve::dyad}) {
        const NullModel model = make_null_model(graph, preserve, cancel);
        NullChain chain(model);
        CHECK(set_of(chain.links()) == before);
        std::uint64_t accepted = 0;
        for (std::uint64_t tries = 1; tries < 300; ++tries) {
          const LinkSet last = set_of(chain.links());
          chain.advance_to(tries, cancel);
          const LinkSet now = set_of(chain.links());
          CHECK_EQ(now.size(), before.size());  // no link twice, none lost
          CHECK(std::none_of(now.begin(), now.end(), [](const auto& link) { return link.first == link.second; }));
          auto degrees = degrees_of(now, node_count);
          if (preserve == Preserve::degree) {
            for (std::size_t v = 0; v < degrees.size(); ++v) degrees[v][2] = kept[v][2];
          }
          CHECK(degrees == kept);
          CHECK_EQ(chain.accepted() - accepted, now == last ? 0U : 1U);
          accepted = chain.accepted();
        }
      }
    }
  }
}

TEST(a_chain_in_pieces_is_the_same_chain) {
  Draws draws(2);
  const Digraph graph = mixed_links(50, 300, draws).digraph();
  CancelToken cancel;
  for (const Preserve preserve : {Preserve::degree, Preserve::dyad}) {
    const NullModel model = make_null_model(graph, preserve, cancel);
    NullChain whole(model), pieces(model);
    whole.restart(7, 3);
    pieces.restart(7, 3);
    whole.advance_to(2000, cancel);
    for (std::uint64_t at = 0; at <= 2000; at += 1 + at % 67) pieces.advance_to(at, cancel);
    pieces.advance_to(2000, cancel);
    CHECK(set_of(whole.links()) == set_of(pieces.links()));
    CHECK_EQ(whole.accepted(), pieces.accepted());
    pieces.restart(7, 3);
    pieces.advance_to(2000, cancel);
    CHECK(set_of(whole.links()) == set_of(pieces.links()));
    pieces.restart(7, 4);
    pieces.advance_to(2000, cancel);
    CHECK(set_of(whole.links()) != set_of(pieces.links()));
  }
}

TEST(a_crowded_table_grows_and_changes_nothing) {
  Draws draws(3);
  for (const std::int64_t node_count : {100, 1000, 100'000}) {  // exact tags, and tags that only say probably
    for (const Preserve preserve : {Preserve::degree, Preserve::dyad}) {
      int grown = 0;
      for (const std::int64_t link_count : {800, 1000, 1200, 1600, 1800, 2000, 2200, 2400}) {
        const Digraph graph = mixed_links(node_count, link_count, draws).digraph();
        CancelToken cancel;
        NullModel model = make_null_model(graph, preserve, cancel);
        NullChain roomy(model);
        roomy.restart(1, 0);
        roomy.advance_to(60'000, cancel);
        // As few lines as the pairs fit into: sooner or later one is full.
        model.layout = TableLayout(node_count, 4);
        fill_model_table(model, model.target.data(), model.layout, model.table);
        NullChain crowded(model);
        crowded.restart(1, 0);
        crowded.advance_to(60'000, cancel);
        grown += crowded.layout().line_bits > model.layout.line_bits;
        CHECK(set_of(crowded.links()) == set_of(roomy.links()));
        crowded.restart(1, 0);
        CHECK_EQ(crowded.layout().line_bits, model.layout.line_bits);
        CHECK(set_of(crowded.links()) == set_of(model.links()));
      }
      CHECK(grown > 0);
    }
  }
}

TEST(a_table_is_exact_where_it_says_so) {
  for (const std::int64_t node_count : {3, 9, 200}) {
    const TableLayout layout(node_count, std::size_t{10});
    std::set<std::pair<std::size_t, std::uint16_t>> places;
    if (!layout.exact()) continue;
    for (Node a = 0; a < node_count; ++a) {
      for (Node b = 0; b < node_count; ++b) {
        const TablePlace place = layout.place(a, b);
        CHECK(place.tag != 0);
        CHECK(place.line < layout.tags());
        CHECK(places.emplace(place.line, place.tag).second);
      }
    }
  }
  CHECK(TableLayout(5881, std::size_t{35'592}).exact());
  CHECK(!TableLayout(39'796, std::size_t{301'498}).exact());
}

TEST(a_chain_of_nothing_has_nothing_to_try) {
  EdgeList links;
  links.node_count = 5;
  const Digraph graph = links.digraph();
  CancelToken cancel;
  for (const Preserve preserve : {Preserve::degree, Preserve::dyad}) {
    const NullModel model = make_null_model(graph, preserve, cancel);
    NullChain chain(model);
    chain.advance_to(1000, cancel);
    CHECK_EQ(chain.accepted(), std::uint64_t{0});
    CHECK(chain.links().source.empty());
  }
}

TEST(null_samples_are_the_same_on_any_number_of_threads) {
  Draws draws(4);
  const Digraph graph = mixed_links(80, 500, draws).digraph();
  const std::vector<std::uint64_t> checkpoints = {10, 500, 2500};
  for (const Preserve preserve : {Preserve::degree, Preserve::dyad}) {
    CancelToken cancel;
    const NullSamples one = null_samples(graph, preserve, checkpoints, 0, 9, 5, 1, cancel);
    CHECK_EQ(one.statistics.size(), std::size_t{27});
    for (const int threads : {2, 3, 8}) {
      const NullSamples more = null_samples(graph, preserve, checkpoints, 0, 9, 5, threads, cancel);
      CHECK(more.statistics == one.statistics);
      CHECK(more.accepted == one.accepted);
      CHECK(more.observed == one.observed);
    }
    const NullSamples last = null_samples(graph, preserve, checkpoints, 7, 2, 5, 1, cancel);
    CHECK(std::equal(last.statistics.begin(), last.statistics.end(), one.statistics.end() - 6));
  }
}

TEST(null_samples_stop_when_asked) {
  Draws draws(5);
  const Digraph graph = random_links(2000, 20'000, draws).digraph();
  const std::vector<std::uint64_t> checkpoints = {std::uint64_t{1} << 40};
  for (const int threads : {1, 2}) {
    CancelToken cancel([] { return true; });
    CHECK_THROWS(null_samples(graph, Preserve::degree, checkpoints, 0, 4, 1, threads, cancel), Cancelled);
  }
}

TEST(null_samples_refuse_what_63_bits_cannot_count) {
  EdgeList links;
  links.add(0, 1);
  links.add(1, 2);
  const std::vector<std::uint64_t> checkpoints = {1};
  for (const std::int64_t node_count : {std::int64_t{2'000'000'0}, max_statistics_nodes + 1}) {
    links.node_count = node_count;
    CancelToken cancel;
    CHECK_THROWS(null_samples(links.digraph(), Preserve::degree, checkpoints, 0, 2, 1, 1, cancel), InvalidInput);
  }
}
