#include "graph/digraph.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <string>
#include <thread>

#include "core/errors.hpp"
#include "tests/check.hpp"
#include "tests/graph/small_graphs.hpp"
#include "tests/simd_paths.hpp"

using namespace pybench;
using namespace pybench::graph;
using namespace pybench::tests;

namespace {

template <typename Id>
Digraph make(const std::vector<Id>& source, const std::vector<Id>& target, std::int64_t node_count = -1) {
  return {std::span<const Id>(source), std::span<const Id>(target), node_count};
}

template <typename Id>
std::string refusal(const std::vector<Id>& source, const std::vector<Id>& target, std::int64_t node_count = -1) {
  try {
    make(source, target, node_count);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "accepted";
}

template <typename Id>
void check_copy(std::size_t size, Draws& draws) {
  std::vector<Id> source(size), target(size);
  for (std::size_t i = 0; i < size; ++i) {
    source[i] = static_cast<Id>(draws.below(120));
    target[i] = static_cast<Id>(draws.below(120));
  }
  if (draws.below(2) == 0) std::sort(source.begin(), source.end());
  const Digraph graph = make(source, target);
  const Links links = graph.links();
  CHECK(std::equal(source.begin(), source.end(), links.source.begin(), links.source.end()));
  CHECK(std::equal(target.begin(), target.end(), links.target.begin(), links.target.end()));
  CHECK_EQ(links.sorted_by_source, std::is_sorted(source.begin(), source.end()));
  std::int64_t loops = 0;
  std::int64_t largest = -1;
  for (std::size_t i = 0; i < size; ++i) {
    loops += source[i] == target[i];
    largest = std::max({largest, static_cast<std::int64_t>(source[i]), static_cast<std::int64_t>(target[i])});
  }
  CHECK_EQ(graph.loop_count(), loops);
  CHECK_EQ(graph.node_count(), largest + 1);
  for (std::vector<Id>* ends : {&source, &target}) {
    if (size == 0) continue;
    const auto at = static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(size)));
    Id good = 120;
    std::swap(good, (*ends)[at]);
    const std::string name = ends == &source ? "source[" : "target[";
    CHECK_EQ(refusal(source, target, 120),
             name + std::to_string(at) + "] is 120: node ids must be in [0, node_count) with node_count = 120");
    (*ends)[at] = good;
  }
}

template <typename Id>
void check_type() {
  const Digraph graph = make<Id>({0, 3, 3, 100}, {1, 3, 0, 2});
  CHECK_EQ(graph.node_count(), 101);
  CHECK_EQ(graph.loop_count(), 1);
  const Links links = graph.links();
  CHECK_EQ((std::vector<Node>(links.source.begin(), links.source.end())), (std::vector<Node>{0, 3, 3, 100}));
  CHECK_EQ((std::vector<Node>(links.target.begin(), links.target.end())), (std::vector<Node>{1, 3, 0, 2}));
  CHECK(links.sorted_by_source);
  CHECK(!make<Id>({1, 0}, {0, 0}).links().sorted_by_source);
  CHECK_EQ(refusal<Id>({0, 3}, {1, 5}, 5),
           "target[1] is 5: node ids must be in [0, node_count) with node_count = 5");
  if constexpr (std::numeric_limits<Id>::is_signed) {
    CHECK_EQ(refusal<Id>({0, -3}, {1, 5}, 10),
             "source[1] is -3: node ids must be in [0, node_count) with node_count = 10");
    CHECK_EQ(refusal<Id>({0}, {std::numeric_limits<Id>::min()}),
             "target[0] is " + std::to_string(std::numeric_limits<Id>::min()) +
                 ": node ids must be in [0, 2^30) = [0, 1073741824)");
  }
  if constexpr (sizeof(Id) >= 4) {
    CHECK_EQ(make<Id>({(1 << 30) - 1}, {0}).node_count(), std::int64_t{1} << 30);
    CHECK_EQ(refusal<Id>({1 << 30}, {0}), "source[0] is 1073741824: node ids must be in [0, 2^30) = [0, 1073741824)");
  }
  if constexpr (sizeof(Id) == 8) {
    // Too large by bits that a 32-bit copy would lose.
    CHECK_EQ(refusal<Id>({Id{1} << 40}, {0}),
             "source[0] is 1099511627776: node ids must be in [0, 2^30) = [0, 1073741824)");
    CHECK_EQ(refusal<Id>({(Id{1} << 32) + 1}, {0}, 10),
             "source[0] is 4294967297: node ids must be in [0, node_count) with node_count = 10");
  }
}

std::vector<std::set<Node>> rows_by_definition(const std::vector<std::int32_t>& from,
                                               const std::vector<std::int32_t>& to, std::int64_t node_count) {
  std::vector<std::set<Node>> rows(static_cast<std::size_t>(node_count));
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != to[i]) rows[static_cast<std::size_t>(from[i])].insert(static_cast<Node>(to[i]));
  }
  return rows;
}

void check_rows(const Adjacency& adjacency, const std::vector<std::set<Node>>& expected) {
  CHECK_EQ(adjacency.offsets.size(), expected.size() + 1);
  CHECK_EQ(adjacency.offsets.back(), adjacency.neighbours.size());
  for (std::size_t v = 0; v < expected.size(); ++v) {
    const auto row = adjacency.row(static_cast<Node>(v));
    CHECK_EQ(std::vector<Node>(row.begin(), row.end()), std::vector<Node>(expected[v].begin(), expected[v].end()));
  }
}

}  // namespace

TEST(digraph_of_every_integer_type) {
  for (const SimdPath path : machine_paths()) {
    const ForcedPath forced(path);
    check_type<std::int8_t>();
    check_type<std::int16_t>();
    check_type<std::int32_t>();
    check_type<std::int64_t>();
    check_type<std::uint8_t>();
    check_type<std::uint16_t>();
    check_type<std::uint32_t>();
    check_type<std::uint64_t>();
  }
  CHECK_EQ(make<std::uint8_t>({255}, {128}).node_count(), 256);
  CHECK_EQ(refusal<std::uint64_t>({std::numeric_limits<std::uint64_t>::max()}, {0}),
           "source[0] is 18446744073709551615: node ids must be in [0, 2^30) = [0, 1073741824)");
}

// Around the widths of vectors and blocks, each path makes the same copy and finds the same faults.
TEST(digraph_copies_any_number_of_links) {
  Draws draws(7);
  std::vector<std::size_t> sizes = {1023, 1024, 1025, 2047, 2048, 2049};
  for (std::size_t size = 0; size <= 70; ++size) sizes.push_back(size);
  for (const SimdPath path : machine_paths()) {
    const ForcedPath forced(path);
    for (const std::size_t size : sizes) {
      check_copy<std::int8_t>(size, draws);
      check_copy<std::int16_t>(size, draws);
      check_copy<std::int32_t>(size, draws);
      check_copy<std::int64_t>(size, draws);
      check_copy<std::uint8_t>(size, draws);
      check_copy<std::uint16_t>(size, draws);
      check_copy<std::uint32_t>(size, draws);
      check_copy<std::uint64_t>(size, draws);
    }
  }
}

TEST(digraph_of_nothing) {
  CancelToken cancel;
  const Digraph inferred = make<std::int32_t>({}, {});
  CHECK_EQ(inferred.node_count(), 0);
  CHECK(inferred.links().sorted_by_source);
  CHECK_EQ(inferred.link_count(cancel), 0);
  CHECK_EQ(inferred.successors(cancel).offsets.size(), 1);
  CHECK_EQ(inferred.predecessors(cancel).offsets.size(), 1);
  CHECK_EQ(make<std::int32_t>({}, {}, 3).node_count(), 3);
  CHECK_EQ(make<std::int32_t>({}, {}, 3).successors(cancel).offsets.size(), 4);
}

TEST(digraph_refuses_shapes) {
  CHECK_EQ(refusal<std::int32_t>({0, 1, 2, 3, 4}, {0, 1, 2, 3}),
           "source has 5 ids but target has 4: they must have the same length");
  CHECK_EQ(refusal<std::int32_t>({}, {}, (std::int64_t{1} << 30) + 1),
           "node_count is 1073741825: it must be at most 2^30 = 1073741824");
  CHECK_EQ(refusal<std::int32_t>({0}, {0}, 0),
           "source[0] is 0: node ids must be in [0, node_count) with node_count = 0");
}

// The copy goes in blocks: a bad id is found wherever it stands, the first one first.
TEST(digraph_finds_the_first_bad_id) {
  for (const std::size_t size : {std::size_t{1023}, std::size_t{1024}, std::size_t{1025}, std::size_t{10'000}}) {
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      std::vector<std::int32_t> source(size, 1), target(size, 2);
      target[at] = -7;
      source[size - 1] = -9;
      const std::string name = at == size - 1 ? "source[" : "target[";
      CHECK_EQ(refusal(source, target, 3).substr(0, 20),
               (name + std::to_string(at) + "] is " + (at == size - 1 ? "-9" : "-7") + ": node ids").substr(0, 20));
    }
  }
}

TEST(digraph_sees_order_across_blocks) {
  std::vector<std::int32_t> source(10'000), target(10'000, 0);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::int32_t>(i / 3);
  CHECK(make(source, target).links().sorted_by_source);
  constexpr std::size_t places[] = {1, 1024, 1025, 8192, 9999};
  for (const std::size_t at : places) {
    auto broken = source;
    broken[at - 1] = 9000;
    CHECK(!make(broken, target).links().sorted_by_source);
  }
}

TEST(digraph_rows_on_random_graphs) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Draws draws(seed);
    const std::int64_t n = 1 + draws.below(30);
    EdgeList links = random_links(n, draws.below(200), draws);
    if (seed % 2 == 0) links = sorted_by_source(links);
    const Digraph graph = links.digraph();
    CancelToken cancel;
    const auto forward = rows_by_definition(links.source, links.target, n);
    const auto backward = rows_by_definition(links.target, links.source, n);
    if (seed % 3 == 0) check_rows(graph.predecessors(cancel), backward);
    check_rows(graph.successors(cancel), forward);
    check_rows(graph.predecessors(cancel), backward);
    std::size_t distinct = 0;
    for (const auto& row : forward) distinct += row.size();
    CHECK_EQ(graph.link_count(cancel), distinct);
  }
}

TEST(digraph_serves_many_threads) {
  Draws draws(5);
  const EdgeList links = random_links(2000, 40'000, draws);
  const Digraph graph = links.digraph();
  std::vector<const Adjacency*> seen(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t k = 0; k < seen.size(); ++k) {
      threads.emplace_back([&, k] {
        CancelToken cancel;
        seen[k] = k % 2 == 0 ? &graph.successors(cancel) : &graph.predecessors(cancel);
      });
    }
  }
  CancelToken cancel;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    CHECK_EQ(seen[k], k % 2 == 0 ? &graph.successors(cancel) : &graph.predecessors(cancel));
  }
}

TEST(digraph_leaves_nothing_when_cancelled) {
  Draws draws(6);
  const EdgeList links = random_links(500, 5000, draws);
  const Digraph graph = links.digraph();
  CancelToken stop([] { return true; });
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  CHECK_THROWS(graph.predecessors(stop), Cancelled);
  CancelToken go_on;
  check_rows(graph.predecessors(go_on), rows_by_definition(links.target, links.source, 500));
}
