#include "graph/checked_copy.hpp"

#include <algorithm>
#include <string>
#include <type_traits>

#include "core/errors.hpp"
#include "core/simd.hpp"

namespace pybench::graph {
namespace {

constexpr std::size_t block_size = 1024;  // a block and its copy stay in the first-level cache

struct BlockFacts {
  std::uint64_t bits;  // every bit that is set in some id
  std::int32_t largest;
  std::int32_t loops;
  std::int32_t descents;
};

// Loops without branches, so that the compiler makes them wide; who is at fault is looked for only when somebody is.
template <typename Id>
[[gnu::always_inline]] inline BlockFacts copy_block(const Id* source, const Id* target, std::size_t size,
                                                    Node* source_copy, Node* target_copy) {
  using Bits = std::conditional_t<sizeof(Id) == 8, std::uint64_t, std::uint32_t>;  // a negative id sets the top bit
  Bits bits = 0;
  std::int32_t largest = 0, loops = 0, descents = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto source_bits = static_cast<Bits>(source[i]);
    const auto target_bits = static_cast<Bits>(target[i]);
    bits |= source_bits | target_bits;
    // Signed on purpose: baseline x86-64 compares only signed words, and a valid id fits.
    const auto s = static_cast<std::int32_t>(source_bits);
    const auto t = static_cast<std::int32_t>(target_bits);
    source_copy[i] = static_cast<Node>(s);
    target_copy[i] = static_cast<Node>(t);
    largest = std::max(largest, std::max(s, t));
    loops += s == t;
  }
  for (std::size_t i = 1; i < size; ++i) {
    descents += static_cast<std::int32_t>(source_copy[i]) < static_cast<std::int32_t>(source_copy[i - 1]);
  }
  return {bits, largest, loops, descents};
}

// The same loops, made wide by the compiler with what each instruction set has.
template <typename Id>
BlockFacts copy_block_portable(const Id* source, const Id* target, std::size_t size, Node* source_copy,
                               Node* target_copy) {
  return copy_block(source, target, size, source_copy, target_copy);
}

#if PYBENCH_X86
template <typename Id>
PYBENCH_TARGET_AVX2 BlockFacts copy_block_avx2(const Id* source, const Id* target, std::size_t size, Node* source_copy,
                                               Node* target_copy) {
  return copy_block(source, target, size, source_copy, target_copy);
}
#endif

template <typename Id>
auto* copy_block_for(SimdPath path) noexcept {
#if PYBENCH_X86
  if (path != SimdPath::portable) return &copy_block_avx2<Id>;
#else
  static_cast<void>(path);
#endif
  return &copy_block_portable<Id>;
}

template <typename Id>
void refuse_if_bad(const char* name, std::size_t position, Id id, std::int64_t node_count) {
  const bool negative = std::is_signed_v<Id> && id < Id{0};
  const bool counted = node_count >= 0;
  const auto limit = static_cast<std::uint64_t>(counted ? node_count : max_node_count);
  if (!negative && static_cast<std::uint64_t>(id) < limit) return;
  const std::string value = negative ? std::to_string(static_cast<std::int64_t>(id))
                                     : std::to_string(static_cast<std::uint64_t>(id));
  const std::string rule = counted ? "[0, node_count) with node_count = " + std::to_string(node_count)
                                   : "[0, 2^30) = [0, " + std::to_string(max_node_count) + ")";
  throw InvalidInput(std::string(name) + "[" + std::to_string(position) + "] is " + value +
                     ": node ids must be in " + rule);
}

}  // namespace

void check_lengths(std::size_t source_size, std::size_t target_size, std::int64_t node_count) {
  if (source_size != target_size) {
    throw InvalidInput("source has " + std::to_string(source_size) + " ids but target has " +
                       std::to_string(target_size) + ": they must have the same length");
  }
  if (node_count > max_node_count) {
    throw InvalidInput("node_count is " + std::to_string(node_count) + ": it must be at most 2^30 = " +
                       std::to_string(max_node_count));
  }
}

template <typename Id>
LinkFacts checked_copy(std::span<const Id> source, std::span<const Id> target, std::int64_t node_count,
                       Node* source_copy, Node* target_copy) {
  const std::int64_t limit = node_count >= 0 ? node_count : max_node_count;
  auto* const copy = copy_block_for<Id>(active_simd_path());
  LinkFacts facts;
  std::int64_t largest = -1;
  for (std::size_t begin = 0; begin < source.size(); begin += block_size) {
    const std::size_t size = std::min(block_size, source.size() - begin);
    const BlockFacts block =
        copy(source.data() + begin, target.data() + begin, size, source_copy + begin, target_copy + begin);
    const bool fits = block.bits < static_cast<std::uint64_t>(max_node_count);
    if (!fits || block.largest >= limit) {
      for (std::size_t i = begin; i < begin + size; ++i) {
        refuse_if_bad("source", i, source[i], node_count);
        refuse_if_bad("target", i, target[i], node_count);
      }
      // What was copied is bad and what stands there now is good: another thread writes to the arrays.
      throw InvalidInput("source or target changed while it was being copied: leave it alone until the graph is made");
    }
    largest = std::max<std::int64_t>(largest, block.largest);
    facts.loop_count += block.loops;
    const bool follows = begin == 0 || source_copy[begin] >= source_copy[begin - 1];
    facts.sorted_by_source = facts.sorted_by_source && follows && block.descents == 0;
  }
  facts.node_count = node_count >= 0 ? node_count : largest + 1;
  return facts;
}

#define PYBENCH_INSTANTIATE(Id)                                                                                  \
  template LinkFacts checked_copy<Id>(std::span<const Id>, std::span<const Id>, std::int64_t, Node*, Node*);
PYBENCH_INSTANTIATE(std::int8_t)
PYBENCH_INSTANTIATE(std::int16_t)
PYBENCH_INSTANTIATE(std::int32_t)
PYBENCH_INSTANTIATE(std::int64_t)
PYBENCH_INSTANTIATE(std::uint8_t)
PYBENCH_INSTANTIATE(std::uint16_t)
PYBENCH_INSTANTIATE(std::uint32_t)
PYBENCH_INSTANTIATE(std::uint64_t)
#undef PYBENCH_INSTANTIATE

}  // namespace pybench::graph
