// One chain of random rewirings of a null model.
//
// Try t of a chain uses the words 2t and 2t + 1 of its stream of random words, whatever was tried before; so a chain is
// a function of (key, stream) alone, and may be run on in pieces. A word that would make some index likelier than
// others makes its try a rejected one.
#pragma once

#include <cstdint>

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "core/simd.hpp"
#include "graph/null_model.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// Streams of the key: chain s has this one plus s, and a turn of dyads draws its third word, block t for try t, in that
// plus turn_streams. Others are those of rmat.cpp.
inline constexpr std::uint64_t null_chain_streams = std::uint64_t{1} << 33;
inline constexpr std::uint64_t turn_streams = std::uint64_t{1} << 33;

// Each so many tries the first one is for a turn, if the lot says so.
inline constexpr std::uint64_t turn_period = 16;

class NullChain {
 public:
  // The model must outlive the chain. Memory: 10 to 17 bytes a link.
  explicit NullChain(const NullModel& model);

  // Back to the graph itself, for chain number `index` of the key.
  void restart(std::uint64_t key, std::uint64_t index);

  // Runs until so many tries have been made since the start.
  void advance_to(std::uint64_t tries, CancelToken& cancel);

  [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }
  [[nodiscard]] const TableLayout& layout() const noexcept { return layout_; }

  // The links as they are now. Valid until the chain moves on.
  [[nodiscard]] Links links() const noexcept;

 private:
  const NullModel& model_;
  SimdPath path_;
  Scratch<Node> target_;
  Scratch<std::uint32_t> twin_;
  TableLayout layout_;
  Scratch<std::uint16_t> table_;
  std::uint64_t key_ = 0;
  std::uint64_t stream_ = 0;
  std::uint64_t tries_ = 0;
  std::uint64_t accepted_ = 0;
};

}  // namespace pybench::graph
