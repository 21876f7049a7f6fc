#include <algorithm>
#include <utility>

#include "graph/component_labels.hpp"
#include "graph/components.hpp"
#include "graph/counting_sort.hpp"
#include "graph/giant_sweep.hpp"
#include "graph/path_search.hpp"

namespace pybench::graph {
namespace {

constexpr Mark listed = 4;  // beside the core bits: the node has a link left, and in the end: it has a label

bool in_core(Mark mark) noexcept { return (mark & core) == core; }

Components search_all(const Links& links, CancelToken& cancel) {
  auto smallest = zeros<std::int32_t>(static_cast<std::size_t>(links.node_count));
  path_search(links, as_nodes(smallest), cancel);
  return number_components(std::move(smallest), cancel);
}

Links links_left(const GiantSweep& giant, std::int64_t node_count) {
  return {giant.source.first(giant.left), giant.target.first(giant.left), node_count, false};
}

// The core is part of a component: the pivot stands for it, and its other nodes have no link left.
Components search_around_core(const GiantSweep& giant, std::int64_t node_count, CancelToken& cancel) {
  auto smallest = zeros<std::int32_t>(static_cast<std::size_t>(node_count));
  path_search(links_left(giant, node_count), as_nodes(smallest), cancel);
  const std::int32_t of_pivot = smallest[giant.pivot];
  std::int32_t first = -1;
  in_strides(smallest.size(), cancel, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      if (smallest[v] != of_pivot && !in_core(giant.mark[v])) continue;
      if (first < 0) first = static_cast<std::int32_t>(v);
      smallest[v] = first;
    }
  });
  return number_components(std::move(smallest), cancel);
}

// The components among the nodes that have links left, of two nodes and more.
struct Rest {
  std::vector<Node> nodes;           // ascending
  std::vector<std::int32_t> labels;  // of nodes[i]: an index to sizes, or beyond it for a single node
  std::vector<std::int64_t> sizes;
};

// Renumbers the links in place, so that the search costs what is left and not what there was. `place` has a slot a
// node.
Rest search_rest(GiantSweep& giant, std::int32_t* place, CancelToken& cancel) {
  Rest rest;
  if (giant.left == 0) return rest;
  for (const Scratch<Node>* ends : {&giant.source, &giant.target}) {
    in_strides(giant.left, cancel, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) giant.mark[(*ends)[i]] |= listed;
    });
  }
  in_strides(giant.mark.size(), cancel, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      if ((giant.mark[v] & listed) == 0) continue;
      place[v] = static_cast<std::int32_t>(rest.nodes.size());
      rest.nodes.push_back(static_cast<Node>(v));
    }
  });
  for (Scratch<Node>* ends : {&giant.source, &giant.target}) {
    in_strides(giant.left, cancel, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) (*ends)[i] = static_cast<Node>(place[(*ends)[i]]);
    });
  }
  Components found = search_all(links_left(giant, static_cast<std::int64_t>(rest.nodes.size())), cancel);
  rest.labels = std::move(found.labels);
  rest.sizes = std::move(found.sizes);
  rest.sizes.erase(std::find(rest.sizes.begin(), rest.sizes.end(), 1), rest.sizes.end());
  return rest;
}

// Where a component of `size` nodes, the smallest of them `first`, stands among those of the rest.
std::size_t rank_among(const Rest& rest, std::int64_t size, std::ptrdiff_t first) {
  const auto larger = [size](std::int64_t other) { return other > size; };
  auto rank = static_cast<std::size_t>(std::count_if(rest.sizes.begin(), rest.sizes.end(), larger));
  for (std::size_t i = 0; i < rest.nodes.size() && rest.nodes[i] < first; ++i) {
    const auto label = static_cast<std::size_t>(rest.labels[i]);
    if (label < rest.sizes.size() && rest.sizes[label] == size) rank = std::max(rank, label + 1);
  }
  return rank;
}

// The core is a whole component.
Components search_beside_core(GiantSweep& giant, CancelToken& cancel) {
  std::vector<Mark>& mark = giant.mark;
  std::transform(mark.begin(), mark.end(), mark.begin(), [](Mark m) { return static_cast<Mark>(m & core); });
  Components answer;
  answer.labels = zeros<std::int32_t>(mark.size());
  std::int32_t* labels = answer.labels.data();
  const Rest rest = search_rest(giant, labels, cancel);

  answer.sizes = rest.sizes;
  std::size_t rank = answer.sizes.size();
  const auto core_size = std::count(mark.begin(), mark.end(), core);
  if (core_size == 1) {
    mark[giant.pivot] = 0;  // a single node like any other
  } else {
    rank = rank_among(rest, core_size, std::find(mark.begin(), mark.end(), core) - mark.begin());
    answer.sizes.insert(answer.sizes.begin() + static_cast<std::ptrdiff_t>(rank), core_size);
  }
  const auto is_single = [&rest](std::size_t i) {
    return static_cast<std::size_t>(rest.labels[i]) >= rest.sizes.size();
  };
  for (std::size_t i = 0; i < rest.nodes.size(); ++i) {
    if (is_single(i)) mark[rest.nodes[i]] = 0;
  }

  // Nodes that are in neither get their labels below.
  const auto core_label = static_cast<std::int32_t>(rank);
  auto next_single = static_cast<std::int32_t>(answer.sizes.size());
  in_strides(mark.size(), cancel, [&](std::size_t begin, std::size_t end) {
    std::int32_t next = next_single;
    for (std::size_t v = begin; v < end; ++v) {
      const bool single = mark[v] != core && (mark[v] & listed) == 0;
      labels[v] = mark[v] == core ? core_label : next;
      next += single;
    }
    next_single = next;
  });
  for (std::size_t i = 0; i < rest.nodes.size(); ++i) {
    const std::int32_t label = rest.labels[i];
    if (!is_single(i)) labels[rest.nodes[i]] = label < core_label ? label : label + 1;
  }
  answer.sizes.resize(static_cast<std::size_t>(next_single), 1);
  return answer;
}

}  // namespace

Components strong_components(const Links& links, CancelToken& cancel) {
  GiantSweep giant = giant_sweep(links, cancel);
  if (!giant.found) return search_all(links, cancel);
  if (!giant.complete) return search_around_core(giant, links.node_count, cancel);
  return search_beside_core(giant, cancel);
}

}  // namespace pybench::graph
