#include "graph/triad_repeats.hpp"

#include <chrono>
#include <random>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "tests/check.hpp"

namespace pybench::graph {

namespace {

using Pairs = std::vector<std::pair<Node, Node>>;

Pairs distinct_by_set(const std::vector<Node>& source, const std::vector<Node>& target) {
  std::set<std::pair<Node, Node>> seen;
  Pairs pairs;
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != target[i] && seen.insert({source[i], target[i]}).second) pairs.push_back({source[i], target[i]});
  }
  return pairs;
}

}  // namespace

TEST(triad_repeats_keeps_each_link_once_in_order) {
  std::mt19937_64 random(1);
  for (const std::int64_t node_count : {1, 2, 3, 63, 64, 65, 127, 128, 129, 500}) {
    for (const std::size_t link_count : {0, 1, 50, 3000}) {
      std::uniform_int_distribution<Node> pick(0, static_cast<Node>(node_count - 1));
      std::vector<Node> source, target;
      for (std::size_t i = 0; i < link_count; ++i) {
        source.push_back(pick(random));
        target.push_back(pick(random));
      }
      if (link_count == 50) {  // the corners of the table, and nothing new at the end
        for (const Node from : {Node{0}, static_cast<Node>(node_count - 1)}) {
          for (const Node to : {static_cast<Node>(node_count - 1), Node{0}, Node{0}}) {
            source.push_back(from);
            target.push_back(to);
          }
        }
      }
      CancelToken cancel;
      const DistinctLinks distinct = distinct_links({source, target, node_count, false}, cancel);
      const Links& links = distinct.links;
      CHECK_EQ(links.node_count, node_count);
      CHECK_EQ(links.source.size(), links.target.size());
      Pairs pairs;
      for (std::size_t i = 0; i < links.source.size(); ++i) pairs.push_back({links.source[i], links.target[i]});
      CHECK(pairs == distinct_by_set(source, target));
    }
  }
}

TEST(triad_repeats_need_a_small_table) {
  const std::vector<Node> ids(200'000, 0);
  const auto small = [&](std::int64_t node_count, std::size_t link_count) {
    return pair_table_is_small({std::span(ids).first(link_count), std::span(ids).first(link_count), node_count, false});
  };
  CHECK(small(64, 64));
  CHECK(!small(64, 63));      // more words than links
  CHECK(!small(65, 64 * 2));  // a second word in each row
  CHECK(small(2'880, 200'000));
  CHECK(!small(2'944, 200'000));  // above a megabyte
  CHECK(!small(std::int64_t{1} << 30, 200'000));
}

TEST(triad_repeats_stops_when_asked) {
  const std::vector<Node> ids(4'000'000, 0);
  CancelToken cancel([] { return true; });
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  CHECK_THROWS(distinct_links({ids, ids, 3, false}, cancel), Cancelled);
}

}  // namespace pybench::graph
