#include "graph/null_model.hpp"

#include <algorithm>
#include <string>

#include "core/errors.hpp"
#include "graph/counting_sort.hpp"

namespace pybench::graph {
namespace {

void fill_all_links(const Adjacency& successors, NullModel& model, CancelToken& cancel) {
  const auto node_count = static_cast<std::size_t>(model.node_count);
  in_strides(node_count, cancel, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      const auto first = static_cast<std::uint32_t>(successors.offsets[v]);
      model.row_begin[v] = first;
      const auto row = successors.row(static_cast<Node>(v));
      std::copy(row.begin(), row.end(), model.target.data() + first);
      std::fill_n(model.source.data() + first, row.size(), static_cast<Node>(v));
    }
  });
  model.row_begin[node_count] = model.link_slots;
}

// Body(neighbour, mutual) over the successors of a node in ascending order.
template <typename Body>
void each_successor(const Adjacency& successors, const Adjacency& predecessors, Node v, Body&& body) {
  const auto in = predecessors.row(v);
  auto back = in.begin();
  for (const Node neighbour : successors.row(v)) {
    while (back != in.end() && *back < neighbour) ++back;
    body(neighbour, back != in.end() && *back == neighbour);
  }
}

void count_kinds(const Adjacency& successors, const Adjacency& predecessors, NullModel& model, CancelToken& cancel) {
  in_strides(static_cast<std::size_t>(model.node_count), cancel, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      each_successor(successors, predecessors, static_cast<Node>(v), [&](Node, bool mutual) {
        model.half_slots += mutual;
        model.link_slots += !mutual;
      });
    }
  });
}

void fill_by_kind(const Adjacency& successors, const Adjacency& predecessors, NullModel& model, CancelToken& cancel) {
  const auto node_count = static_cast<std::size_t>(model.node_count);
  std::uint32_t link = 0;
  std::uint32_t half = model.link_slots;
  in_strides(node_count, cancel, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      model.row_begin[v] = link;
      model.halves_begin[v] = half;
      each_successor(successors, predecessors, static_cast<Node>(v), [&](Node neighbour, bool mutual) {
        const std::uint32_t slot = mutual ? half++ : link++;
        model.source[slot] = static_cast<Node>(v);
        model.target[slot] = neighbour;
      });
    }
  });
  model.row_begin[node_count] = link;
  model.halves_begin[node_count] = half;

  // Both halves of a dyad come up in the order of the sources: the lower end's first.
  Scratch<std::uint32_t> next(node_count);
  std::copy_n(model.halves_begin.data(), node_count, next.data());
  for (std::uint32_t slot = model.link_slots; slot < model.slots(); ++slot) {
    const Node v = model.source[slot];
    const Node neighbour = model.target[slot];
    if (v > neighbour) continue;
    const std::uint32_t other = next[neighbour]++;  // lower neighbours come first in a row, in this very order
    model.twin[slot - model.link_slots] = other - model.link_slots;
    model.twin[other - model.link_slots] = slot - model.link_slots;
  }
}

}  // namespace

void fill_model_table(const NullModel& model, const Node* target, TableLayout& layout,
                      Scratch<std::uint16_t>& table) {
  const auto each = [&](auto&& body) {
    for (std::uint32_t slot = 0; slot < model.slots(); ++slot) {
      const Node a = model.source[slot];
      const Node b = target[slot];
      if (model.preserve == Preserve::degree) {
        body(a, b);
      } else if (slot < model.link_slots || a < b) {  // of a mutual dyad one half stands for both
        body(std::min(a, b), std::max(a, b));
      }
    }
  };
  for (;; layout = TableLayout(model.node_count, layout.line_bits + 1)) {
    if (table.size() != layout.tags()) table = Scratch<std::uint16_t>(layout.tags());
    if (fill_table(layout, {table.data(), table.size()}, each)) return;
  }
}

NullModel make_null_model(const Digraph& graph, Preserve preserve, CancelToken& cancel) {
  const Adjacency& successors = graph.successors(cancel);
  const std::size_t links = successors.neighbours.size();
  if (links > static_cast<std::size_t>(max_null_links)) {
    throw InvalidInput("graph has " + std::to_string(links) + " links: a null model takes at most " +
                       std::to_string(max_null_links));
  }
  const auto node_count = static_cast<std::size_t>(graph.node_count());
  NullModel model;
  model.preserve = preserve;
  model.node_count = graph.node_count();
  model.source = Scratch<Node>(links);
  model.target = Scratch<Node>(links);
  model.row_begin = Scratch<std::uint32_t>(node_count + 1);
  if (preserve == Preserve::degree) {
    model.link_slots = static_cast<std::uint32_t>(links);
    fill_all_links(successors, model, cancel);
  } else {
    const Adjacency& predecessors = graph.predecessors(cancel);
    model.halves_begin = Scratch<std::uint32_t>(node_count + 1);
    count_kinds(successors, predecessors, model, cancel);
    model.twin = Scratch<std::uint32_t>(model.half_slots);
    fill_by_kind(successors, predecessors, model, cancel);
  }
  model.layout = TableLayout(model.node_count, links - model.half_slots / 2);
  fill_model_table(model, model.target.data(), model.layout, model.table);
  return model;
}

}  // namespace pybench::graph
