// Uninitialised arrays for numbers that are written before they are read. Untouched pages cost nothing, so a scratch
// array may be as large as the worst case. Their memory comes from the block cache and goes back there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "core/block_cache.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace pybench {

inline constexpr std::size_t huge_page = std::size_t{1} << 21;

// Asks for 2 MiB pages behind fresh memory, as NumPy does for its arrays: first touch of a large array in 4 KiB pages
// costs more than one pass over it, and random access then misses the address cache too. Only a hint.
inline void prefer_huge_pages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
  const auto begin = (reinterpret_cast<std::uintptr_t>(data) + huge_page - 1) / huge_page * huge_page;
  const auto end = (reinterpret_cast<std::uintptr_t>(data) + bytes) / huge_page * huge_page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

// A vector of zeros behind such pages, for what outlives the kernel.
template <typename T>
std::vector<T> zeros(std::size_t size) {
  std::vector<T> array;
  array.reserve(size);
  prefer_huge_pages(array.data(), size * sizeof(T));
  array.resize(size);
  return array;
}

// How much of an array will be written: of a worst-case array that stays nearly empty, small pages waste less.
enum class Touch { all, some };

template <typename T>
class Scratch {
  static_assert(std::is_trivial_v<T>);

 public:
  Scratch() = default;
  explicit Scratch(std::size_t size, Touch touch = Touch::all)
      : data_(allocate(size * sizeof(T), touch)), size_(size) {}

  [[nodiscard]] T* data() noexcept { return data_.get(); }
  [[nodiscard]] const T* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t i) noexcept { return data_.get()[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_.get()[i]; }
  [[nodiscard]] std::span<const T> first(std::size_t count) const noexcept { return {data_.get(), count}; }

 private:
  static constexpr std::size_t cache_line = 64;
  static constexpr std::size_t large = 2 * huge_page;

  struct Free {
    Block block;
    void operator()(T*) const noexcept { give_block(block); }
  };

  static std::unique_ptr<T, Free> allocate(std::size_t bytes, Touch touch) {
    const bool huge = touch == Touch::all && bytes >= large;
    const Block block = take_block(bytes, huge ? huge_page : cache_line);
    if (huge && block.fresh) prefer_huge_pages(block.data, bytes);
    return {static_cast<T*>(block.data), Free{block}};
  }

  std::unique_ptr<T, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace pybench
