// Null models of a directed graph: what all chains of random rewirings of one graph share.
//
// A chain starts at the graph and makes tries, each of which changes a few links or is rejected; rejected tries count.
// Links lie in rows by their source, and no try changes the length of a row, so sources and rows are fixed and only
// targets move.
//
//   degree  keeps the in- and out-degree of every node. A try draws two links a->b, c->d and makes them a->d, c->b.
//   dyad    keeps, besides, the number of mutual dyads of every node: one-way links are switched with one-way links and
//           mutual dyads with mutual dyads, and no dyad is joined to another one between the same two nodes. Where
//           {a, d} and {c, b} are taken, but in a state that is the same for both and another one than that of the links
//           a->b, c->d, the four change their states.
//
// Both reject what would make a loop or a second link. Every sixteenth try instead draws a link a->b and a successor c
// of b, and turns a cycle a->b->c->a round (every second time, by lot); for dyad also, with a successor d of c, the path
// a->b->c->d to a->c->b->d. No sequence of switches does that to a cycle, or a path, that stands alone. Every try is as
// likely as the one that undoes it, so all graphs that a chain can reach are equally likely in the long run.
//
// For degree these moves reach every graph of the same degrees (Berger and Mueller-Hannemann, Uniform sampling of
// digraphs with a fixed degree sequence, 2010). For dyad nobody is known to us who has shown that. By enumeration
// (test_null_moves.cpp) they reach every digraph of four nodes; of five nodes 17,275 of 583,346 sets of graphs with the
// same degrees fall apart, none of which has more than 12 graphs (switches alone: 125,013).
#pragma once

#include <cstdint>

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "graph/digraph.hpp"
#include "graph/link_table.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

enum class Preserve { degree, dyad };

struct NullModel {
  Preserve preserve;
  std::int64_t node_count = 0;

  // Slots: first the links that are switched as links (all of them for degree, one-way ones for dyad), then for dyad
  // the two halves of each mutual dyad, one in the row of each end.
  std::uint32_t link_slots = 0;
  std::uint32_t half_slots = 0;
  Scratch<Node> source;                // by slot
  Scratch<Node> target;                // by slot: where a chain starts
  Scratch<std::uint32_t> twin;         // by half slot: the index (among the half slots) of the other half
  Scratch<std::uint32_t> row_begin;    // of each node among the link slots; one more than there are nodes
  Scratch<std::uint32_t> halves_begin; // of each node among all slots; one more than there are nodes; for dyad only

  // Where a chain asks whether a link (a dyad, for dyad) is there.
  TableLayout layout;
  Scratch<std::uint16_t> table;

  [[nodiscard]] std::uint32_t slots() const noexcept { return link_slots + half_slots; }

  // The links of the graph, or of a chain whose targets these are.
  [[nodiscard]] Links links() const noexcept { return links_to(target); }
  [[nodiscard]] Links links_to(const Scratch<Node>& targets) const noexcept {
    return {source.first(slots()), targets.first(slots()), node_count, half_slots == 0};
  }
};

// Makes the table anew for targets as they are in some chain, with lines enough that every one has room.
void fill_model_table(const NullModel& model, const Node* target, TableLayout& layout, Scratch<std::uint16_t>& table);

// Links below this number have 32-bit slots, with one bit to spare.
inline constexpr std::int64_t max_null_links = (std::int64_t{1} << 31) - 1;

// O(nodes + links). Throws InvalidInput for more than max_null_links distinct links.
NullModel make_null_model(const Digraph& graph, Preserve preserve, CancelToken& cancel);

}  // namespace pybench::graph
