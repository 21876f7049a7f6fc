// The giant strong component by sweeps over the links (link_sweep.hpp says how and why), and what is left to search.
#pragma once

#include <cstddef>
#include <vector>

#include "core/cancel.hpp"
#include "graph/link_sweep.hpp"
#include "core/scratch.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

inline constexpr Mark reached = 1;               // by the pivot
inline constexpr Mark reaches = 2;               // the pivot
inline constexpr Mark core = reached | reaches;  // strongly connected with the pivot

// "The source reaches the pivot, which reaches the target" says all that the link could say.
struct StrongRule {
  static bool settled(Mark source, Mark target) noexcept { return (target & (source >> 1) & reached) != 0; }

  static void carry(Mark& source, Mark& target) noexcept {
    const Mark old_source = source;
    source = static_cast<Mark>(source | (target & reaches));
    target = static_cast<Mark>(target | (old_source & reached));
  }
};

struct GiantSweep {
  // False: no giant was found, and all links are still to be searched.
  bool found = false;
  // True: the core is a whole component, and the links left run among other nodes, between nodes of like marks; they
  // hold every cycle that is left. False: the core is part of a component, and with all its nodes merged into the pivot
  // the components of the links left are those of the graph.
  bool complete = false;

  Node pivot = 0;
  std::vector<Mark> mark;  // of each node; bits other than `core` mean nothing
  Scratch<Node> source, target;
  std::size_t left = 0;  // how many of them count
};

// O(links + nodes): a bounded number of sweeps.
GiantSweep giant_sweep(const Links& links, CancelToken& cancel);

}  // namespace pybench::graph
