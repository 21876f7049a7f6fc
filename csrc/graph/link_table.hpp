// A set of links (or dyads) that a chain of rewirings asks and changes at every try: one cache line a question, no
// branch.
//
// A pair of nodes is spread over 64 bits by a multiplication. The upper bits choose a line of 32 tags, the next 15 bits
// are its tag in that line, so that 0 is free for an empty slot. Where nodes are so few that these bits are all there
// are, a tag stands for one pair alone and the table is exact. Otherwise a tag that is there says "probably", and the
// rows of the graph have the last word. A tag that is not there is always a no.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph/types.hpp"

namespace pybench::graph {

inline constexpr std::size_t line_tags = 32;

// Where a pair stands: which line, which tag.
struct TablePlace {
  std::size_t line;  // index of the line's first tag
  std::uint16_t tag;
};

struct TableLayout {
  int node_bits = 1;  // of an id
  int line_bits = 4;  // of the number of lines
  std::uint64_t multiplier = 0;

  TableLayout() = default;

  // Lines are a third full on the average, at most.
  TableLayout(std::int64_t node_count, std::size_t pairs) : TableLayout(node_count, smallest_line_bits(pairs)) {}

  TableLayout(std::int64_t node_count, int line_bits_wanted)
      : node_bits(std::max(3, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(node_count))))),
        line_bits(line_bits_wanted),
        multiplier(std::uint64_t{0x9E3779B97F4A7C15U} << (64 - 2 * node_bits)) {}

  [[nodiscard]] bool exact() const noexcept { return 2 * node_bits - line_bits <= tag_bits; }
  [[nodiscard]] std::size_t tags() const noexcept { return line_tags << line_bits; }

  [[nodiscard]] TablePlace place(Node first, Node second) const noexcept {
    const std::uint64_t spread = ((std::uint64_t{first} << node_bits) | second) * multiplier;
    return {static_cast<std::size_t>(spread >> (64 - line_bits)) * line_tags,
            static_cast<std::uint16_t>(((spread << line_bits) >> (64 - tag_bits)) + 1)};
  }

 private:
  static constexpr int tag_bits = 15;
  static int smallest_line_bits(std::size_t pairs) {
    return std::max(4, static_cast<int>(std::bit_width(pairs / 10)));
  }
};

// Fills the tags with the pairs that each(body) hands to body(first, second); false where they do not fit.
template <typename Each>
bool fill_table(const TableLayout& layout, std::span<std::uint16_t> tags, Each&& each) {
  std::fill(tags.begin(), tags.end(), std::uint16_t{0});
  std::vector<std::uint8_t> used(tags.size() / line_tags, 0);
  bool fits = true;
  each([&](Node first, Node second) {
    const TablePlace place = layout.place(first, second);
    std::uint8_t& count = used[place.line / line_tags];
    fits &= count < line_tags;
    tags[place.line + count % line_tags] = place.tag;
    ++count;
  });
  return fits;
}

}  // namespace pybench::graph
