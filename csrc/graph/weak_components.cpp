#include <algorithm>
#include <utility>

#include "graph/component_labels.hpp"
#include "graph/components.hpp"
#include "graph/counting_sort.hpp"
#include "graph/link_sweep.hpp"

namespace pybench::graph {
namespace {

constexpr std::size_t look_ahead = 16;  // links between asking for a parent and needing it

// One mark, "in the component of the pivot".
struct WeakRule {
  static bool settled(Mark source, Mark target) noexcept { return (source & target) != 0; }
  static void carry(Mark& source, Mark& target) noexcept { source = target = static_cast<Mark>(source | target); }
};

// Rem's union-find: a parent is smaller than its child, and a walk up moves every node that it passes on to a smaller
// parent.
inline void unite(Node* parent, Node left, Node right) noexcept {
  while (parent[left] != parent[right]) {
    if (parent[left] < parent[right]) std::swap(left, right);
    const Node old_parent = std::exchange(parent[left], parent[right]);
    if (old_parent == left) return;
    left = old_parent;
  }
}

// Links within the marked part say nothing: its nodes have one parent from the start.
void unite_all(const Node* source, const Node* target, std::size_t count, const Mark* mark, Node* parent,
               CancelToken& cancel) {
  in_strides(count, cancel, [&](std::size_t begin, std::size_t end) {
    const std::size_t last = count - 1;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t ahead = std::min(i + look_ahead, last);
      __builtin_prefetch(&parent[source[ahead]]);
      __builtin_prefetch(&parent[target[ahead]]);
      if ((mark[source[i]] & mark[target[i]]) == 0) unite(parent, source[i], target[i]);
    }
  });
}

}  // namespace

Components weak_components(const Links& links, CancelToken& cancel) {
  const auto node_count = static_cast<std::size_t>(links.node_count);
  auto parents = zeros<std::int32_t>(node_count);
  Node* parent = as_nodes(parents);
  const std::size_t count = links.source.size();
  LinkSweep<WeakRule> sweep(links, 0);
  std::size_t first_marked = node_count;
  if (count > 0) {
    sweep.mark[choose_pivot(links)] = 1;
    sweep.sweep(cancel);
    // From a pivot far out, the first sweep may only just have come to the giant when it ends.
    if (sweep.unsettled() > count / 2 && sweep.marked() > node_count / 1024) sweep.sweep(cancel);
    first_marked = static_cast<std::size_t>(std::find(sweep.mark.begin(), sweep.mark.end(), 1) - sweep.mark.begin());
  }
  for (std::size_t v = 0; v < node_count; ++v) {
    parent[v] = static_cast<Node>(sweep.mark[v] != 0 ? first_marked : v);
  }
  const Links unsifted = sweep.unsifted();
  unite_all(unsifted.source.data(), unsifted.target.data(), unsifted.source.size(), sweep.mark.data(), parent, cancel);
  unite_all(sweep.source_kept.data(), sweep.target_kept.data(), sweep.kept, sweep.mark.data(), parent, cancel);
  return number_components(std::move(parents), cancel);
}

}  // namespace pybench::graph
