// What Philox over lanes (philox_lanes.inl) is given: the first two of its ten rounds, of which nearly all is either the
// same for all lanes or the same for all steps.
//
// With counter words 1 and 3 at 0, of a lane that differs in word 2 (the campaign's stream), after two rounds:
//   word 0 = lane.word0 ^ step.word0,  word 1 = step.word1,  word 2 = lane.word2 ^ step.word2,  word 3 = lane.word3
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/philox.hpp"

namespace pybench::auction {

inline constexpr std::uint32_t philox_multiplier[2] = {0xD2511F53u, 0xCD9E8D57u};

// The keys of all rounds, each in both halves of 64 bits.
struct RoundKeys {
  explicit RoundKeys(std::uint64_t key) noexcept {
    auto first = static_cast<std::uint32_t>(key), second = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
      of[round][0] = first * 0x100000001u;
      of[round][1] = second * 0x100000001u;
      first += 0x9E3779B9u;
      second += 0xBB67AE85u;
    }
  }
  [[nodiscard]] std::uint32_t word(int round, int which) const noexcept { return static_cast<std::uint32_t>(of[round][which]); }

  std::uint64_t of[10][2];
};

// Words 1 and 3 hold the key of the third round too.
template <std::size_t count>
struct LaneWords {
  void set(std::size_t lane, const RoundKeys& keys, std::uint32_t stream) noexcept {
    const std::uint64_t first = std::uint64_t{philox_multiplier[1]} * stream;
    const std::uint32_t word0_then = static_cast<std::uint32_t>(first >> 32) ^ keys.word(0, 0);
    const std::uint64_t second = std::uint64_t{philox_multiplier[0]} * word0_then;
    word0[lane] = static_cast<std::uint32_t>(first) ^ keys.word(1, 0);
    word2[lane] = static_cast<std::uint32_t>(second >> 32) ^ keys.word(1, 1);
    word3[lane] = static_cast<std::uint32_t>(second) ^ keys.word(2, 1);
  }
  alignas(64) std::uint32_t word0[count];
  alignas(64) std::uint32_t word2[count];
  alignas(64) std::uint32_t word3[count];
};

template <std::size_t count>
struct StepWords {
  void set(std::size_t at, const RoundKeys& keys, std::uint32_t index) noexcept {
    const std::uint64_t first = std::uint64_t{philox_multiplier[0]} * index;
    const std::uint32_t word2_then = static_cast<std::uint32_t>(first >> 32) ^ keys.word(0, 1);
    const std::uint64_t second = std::uint64_t{philox_multiplier[1]} * word2_then;
    word0[at] = static_cast<std::uint32_t>(second >> 32);
    word1[at] = static_cast<std::uint32_t>(second) ^ keys.word(2, 0);
    word2[at] = static_cast<std::uint32_t>(first);
  }
  alignas(64) std::uint32_t word0[count];
  alignas(64) std::uint32_t word1[count];
  alignas(64) std::uint32_t word2[count];
};

}  // namespace pybench::auction
