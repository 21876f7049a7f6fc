#include "graph/triad_rows.hpp"

#include <algorithm>
#include <vector>

#include "core/parallel_for.hpp"
#include "graph/triad_steps.hpp"

namespace pybench::graph {

namespace {

// What one worker knows of a lower node while it walks the lists of its own range of higher nodes.
template <typename Position>
struct RowSlot {
  Position last;   // one more than the place of the node's latest entry in in_entries
  Position count;  // of the node's entries; later where the next one goes
};

// Ranges of higher nodes with about the same number of list entries.
template <typename Position>
std::vector<std::size_t> equal_ranges(const TriadOrientation<Position>& graph, int workers) {
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  const Position* const begin = graph.in_begin.data();
  std::vector<std::size_t> bounds;
  for (int worker = 0; worker <= workers; ++worker) {
    const auto share = static_cast<std::uint64_t>(begin[node_count]) * static_cast<std::uint64_t>(worker) /
                       static_cast<std::uint64_t>(workers);
    bounds.push_back(static_cast<std::size_t>(std::lower_bound(begin, begin + node_count, share) - begin));
  }
  bounds.front() = 0;
  bounds.back() = node_count;
  return bounds;
}

// Body(worker, node) over each worker's range of nodes.
template <typename Position, typename Body>
void for_each_list(const TriadOrientation<Position>& graph, const std::vector<std::size_t>& bounds, ThreadTeam& team,
                   CancelToken& cancel, Body&& body) {
  const auto workers = static_cast<int>(bounds.size() - 1);
  parallel_for(team, workers, 1, cancel, [&](std::int64_t share, std::int64_t, int thread) {
    const auto worker = static_cast<std::size_t>(share);
    Position done = graph.in_begin[bounds[worker]];
    for (std::size_t node = bounds[worker]; node < bounds[worker + 1]; ++node) {
      body(worker, node);
      if (graph.in_begin[node] - done >= static_cast<Position>(steps_per_check)) {
        done = graph.in_begin[node];
        stop_if_asked(cancel, thread);
      }
    }
  });
}

// Where the entry of a link goes: to that of its dyad (duplicate links, links both ways), or to the end of those kept.
template <typename Position>
struct DyadPlace {
  Position known;  // 0 or 1: the dyad has an entry
  Position place;
  std::uint32_t merged;
};

// In arithmetic that no compiler turns into a branch, which would be guessed wrong at every other mutual dyad.
template <typename Position>
DyadPlace<Position> place_of_dyad(const std::uint32_t* entries, std::uint32_t entry, const RowSlot<Position>& slot,
                                  Position list, Position kept) noexcept {
  const Position known = slot.last > list;
  const Position all_if_known = Position{0} - known;
  const Position place = kept ^ ((kept ^ (slot.last - 1)) & all_if_known);
  return {known, place, entry | (entries[place] & static_cast<std::uint32_t>(all_if_known))};
}

// Merges the entries of one dyad and counts what each row will hold.
template <typename Position>
void merge_and_count(TriadOrientation<Position>& graph, Position list, Position list_end, std::size_t node,
                     RowSlot<Position>* slots) {
  std::uint32_t* const entries = graph.in_entries.data();
  Position kept = list;
  for (Position i = list; i < list_end; ++i) {
    const std::uint32_t entry = entries[i];
    RowSlot<Position>& slot = slots[entry >> 2];
    const auto [known, place, merged] = place_of_dyad(entries, entry, slot, list, kept);
    entries[place] = merged;
    slot.last = place + 1;
    slot.count += 1 - known;
    kept += 1 - known;
  }
  graph.in_end[node] = kept;
}

// Rows with room for duplicates, all zeros, which close them: of the links of a node those that are not in its list go
// to its row.
template <typename Position>
Scratch<RowSlot<Position>> place_roomy_rows(const Links& links, TriadOrientation<Position>& graph, CancelToken& cancel) {
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  graph.row_entries =
      filled_array<std::uint32_t>(links.source.size() + node_count + orientation_padding, 0, cancel, 0);
  Scratch<RowSlot<Position>> slots(node_count);
  Position next = 0;
  each_in_order(node_count, cancel, [&](std::size_t node) {
    graph.row_begin[node] = next;
    slots[node] = {0, next};
    next += graph.in_begin[node + 1] - graph.in_end[node] + 1;
  });
  return slots;
}

// Merges the entries of one dyad in the lists of nodes [first, last), writes rows and positions on the way, and moves the
// lists up to `kept`, the end of those before. Returns their end. Not inlined, for the sake of its registers.
template <typename Position>
[[gnu::noinline]] Position merge_into_rows(TriadOrientation<Position>& graph, std::size_t first, std::size_t last, Position kept,
                         RowSlot<Position>* slots) {
  std::uint32_t* const entries = graph.in_entries.data();
  std::uint32_t* const row_entries = graph.row_entries.data();
  Position* const positions = graph.in_positions.data();
  for (std::size_t node = first; node < last; ++node) {
    const Position list = kept;
    const Position end = graph.in_end[node];
    const auto high = static_cast<std::uint32_t>(node) << 2;
    for (Position i = graph.in_begin[node]; i < end; ++i) {
      const std::uint32_t entry = entries[i];
      RowSlot<Position>& slot = slots[entry >> 2];
      const auto [known, place, merged] = place_of_dyad(entries, entry, slot, list, kept);
      const Position row_place = slot.count - known;
      entries[place] = merged;
      positions[place] = row_place;
      row_entries[row_place] = high | (merged & 3);
      slot = {place + 1, row_place + 1};
      kept += 1 - known;
    }
    graph.in_begin[node] = list;
    graph.in_end[node] = kept;
  }
  return kept;
}

// Rows one behind the other, each with a closing zero; counts become the place of each worker's first entry.
template <typename Position>
void place_rows(TriadOrientation<Position>& graph, std::vector<Scratch<RowSlot<Position>>>& slots,
                CancelToken& cancel) {
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  graph.row_entries = Scratch<std::uint32_t>(graph.in_entries.size() + node_count + orientation_padding);
  std::vector<RowSlot<Position>*> tables;
  for (auto& table : slots) tables.push_back(table.data());
  std::uint32_t* const entries = graph.row_entries.data();
  Position next = 0;
  each_in_order(node_count, cancel, [&](std::size_t node) {
    graph.row_begin[node] = next;
    for (RowSlot<Position>* table : tables) {
      const Position count = table[node].count;
      table[node].count = next;
      next += count;
    }
    entries[next++] = 0;
  });
  std::fill_n(graph.row_entries.data() + next, orientation_padding, 0U);
}

}  // namespace

template <typename Position>
void fill_rows_at_once(const Links& links, CancelToken& cancel, TriadOrientation<Position>& graph) {
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  Scratch<RowSlot<Position>> slots = place_roomy_rows(links, graph, cancel);
  graph.in_positions = Scratch<Position>(links.source.size() + orientation_padding);
  Position kept = 0;
  in_strides(node_count, cancel, [&](std::size_t first, std::size_t last) {
    kept = merge_into_rows(graph, first, last, kept, slots.data());
  });
  graph.in_begin[node_count] = kept;
  std::fill_n(graph.in_positions.data() + kept, orientation_padding, Position{0});
}

template <typename Position>
void fill_rows(ThreadTeam& team, int workers, CancelToken& cancel, TriadOrientation<Position>& graph) {
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  const std::vector<std::size_t> bounds = equal_ranges(graph, workers);
  std::vector<Scratch<RowSlot<Position>>> slots = arrays_for_workers<RowSlot<Position>>(workers, node_count);
  parallel_for(team, workers, 1, cancel, [&](std::int64_t worker, std::int64_t, int thread) {
    fill_array(slots[static_cast<std::size_t>(worker)], RowSlot<Position>{0, 0}, cancel, thread);
  });
  for_each_list(graph, bounds, team, cancel, [&](std::size_t worker, std::size_t node) {
    merge_and_count(graph, graph.in_begin[node], graph.in_end[node], node, slots[worker].data());
  });
  place_rows(graph, slots, cancel);

  graph.in_positions = Scratch<Position>(graph.in_entries.size() + orientation_padding);
  std::fill_n(graph.in_positions.data() + graph.in_entries.size(), orientation_padding, Position{0});
  for_each_list(graph, bounds, team, cancel, [&](std::size_t worker, std::size_t node) {
    RowSlot<Position>* const table = slots[worker].data();
    const std::uint32_t* const in_entries = graph.in_entries.data();
    std::uint32_t* const row_entries = graph.row_entries.data();
    Position* const positions = graph.in_positions.data();
    for (Position i = graph.in_begin[node]; i < graph.in_end[node]; ++i) {
      const std::uint32_t entry = in_entries[i];
      const Position place = table[entry >> 2].count++;
      row_entries[place] = static_cast<std::uint32_t>(node) << 2 | (entry & 3);
      positions[i] = place;
    }
    // What merging left over is read ahead as if it were a position.
    std::fill(positions + graph.in_end[node], positions + graph.in_begin[node + 1], Position{0});
  });
}

template void fill_rows_at_once(const Links&, CancelToken&, TriadOrientation<std::uint32_t>&);
template void fill_rows_at_once(const Links&, CancelToken&, TriadOrientation<std::uint64_t>&);
template void fill_rows(ThreadTeam&, int, CancelToken&, TriadOrientation<std::uint32_t>&);
template void fill_rows(ThreadTeam&, int, CancelToken&, TriadOrientation<std::uint64_t>&);

}  // namespace pybench::graph
