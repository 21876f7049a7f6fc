#include "core/block_cache.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <new>

namespace pybench {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool keeps_blocks = false;
#elif defined(__has_feature)
constexpr bool keeps_blocks = !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
constexpr bool keeps_blocks = true;
#endif

constexpr std::size_t smallest_kept = std::size_t{1} << 14;  // malloc keeps smaller ones itself

// Eight sizes an octave: arrays of nearly one size share blocks, and at most an eighth is in vain.
std::size_t size_class(std::size_t bytes) noexcept {
  if (!keeps_blocks || bytes < smallest_kept) return bytes;
  const std::size_t step = std::bit_floor(bytes) / 8;
  return (bytes + step - 1) / step * step;
}

void release(const Block& block) noexcept { ::operator delete(block.data, std::align_val_t{block.alignment}); }

// Oldest first. Trivially destructible: an array that is freed while the process ends still finds it.
class Kept {
 public:
  // A block of exactly this kind, the one used last; none has no data.
  Block take(std::size_t bytes, std::size_t alignment) noexcept {
    for (std::size_t i = count_; i-- > 0;) {
      if (blocks_[i].bytes == bytes && blocks_[i].alignment == alignment) return remove(i);
    }
    return {};
  }

  void give(const Block& block) noexcept {
    while (count_ == blocks_.size() || (count_ > 0 && bytes_ + block.bytes > max_kept_bytes)) release(remove(0));
    blocks_[count_++] = block;
    bytes_ += block.bytes;
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  Block remove(std::size_t index) noexcept {
    const Block removed = blocks_[index];
    std::copy(blocks_.begin() + index + 1, blocks_.begin() + count_, blocks_.begin() + index);
    --count_;
    bytes_ -= removed.bytes;
    return removed;
  }

  std::array<Block, 64> blocks_{};
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

constinit Kept kept;
constinit std::atomic_flag in_use;

class Turn {
 public:
  Turn() noexcept : held_(!in_use.test_and_set(std::memory_order_acquire)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (held_) in_use.clear(std::memory_order_release);
  }
  explicit operator bool() const noexcept { return held_; }

 private:
  bool held_;
};

}  // namespace

Block take_block(std::size_t bytes, std::size_t alignment) {
  const std::size_t size = size_class(bytes);
  if (keeps_blocks && size >= smallest_kept) {
    const Turn turn;
    Block block = turn ? kept.take(size, alignment) : Block{};
    if (block.data != nullptr) {
      block.fresh = false;
      return block;
    }
  }
  return {::operator new(size, std::align_val_t{alignment}), size, alignment, true};
}

void give_block(const Block& block) noexcept {
  if (keeps_blocks && block.bytes >= smallest_kept && block.bytes <= max_kept_bytes) {
    const Turn turn;
    if (turn) return kept.give(block);
  }
  release(block);
}

std::size_t kept_bytes() noexcept {
  const Turn turn;
  return turn ? kept.bytes() : 0;
}

}  // namespace pybench
