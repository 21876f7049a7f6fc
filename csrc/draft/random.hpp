// Where the random numbers of drafting and verification come from. A row of drafts belongs to a request (a sequence being
// decoded) and a position in it, and what is drawn for it depends on (key, request, position, purpose, draw) alone: not on
// the batch that it happens to be in, its order, or threads.
//
//   counter words 0, 1   request, 64 bits
//   counter word 2       position, 32 bits
//   counter word 3       draw, 24 bits, and purpose, 8 bits on top
#pragma once

#include <cstdint>

#include "core/philox.hpp"

namespace pybench::draft {

enum class Purpose : std::uint32_t {
  drafting = 1,   // draw k: the two uniforms of draft k
  scoring = 2,    // draw k: the place of draft k in its slot, and whether its score moves
  accepting = 3,  // draw k: is draft k accepted?
  residual = 4,   // draw 0: the token where none was accepted
};

inline constexpr std::uint64_t max_position = 0xFFFFFFFFu;
inline constexpr std::int64_t max_draft_count = 1 << 20;

// Two independent uniforms of [0, 1), each a multiple of 2^-53.
struct Uniforms {
  double first;
  double second;
};

PYBENCH_HOST_DEVICE constexpr double unit_from_words(std::uint32_t low, std::uint32_t high) noexcept {
  return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * 0x1.0p-53;
}

// The row that random numbers are for.
struct Row {
  std::uint64_t key;
  std::uint64_t request;
  std::uint64_t position;
};

PYBENCH_HOST_DEVICE constexpr Uniforms uniforms(const Row& row, Purpose purpose, std::uint32_t draw) noexcept {
  const std::uint64_t word3 = (std::uint64_t{static_cast<std::uint32_t>(purpose)} << 24) | draw;
  const PhiloxBlock block = philox_block(row.key, (word3 << 32) | row.position, row.request);
  return {unit_from_words(block.word[0], block.word[1]), unit_from_words(block.word[2], block.word[3])};
}

}  // namespace pybench::draft
