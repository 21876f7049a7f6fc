// Memory blocks that outlive their use, so that a kernel called again need not fault its pages again.
//
// malloc hands large blocks back to the system at once, and the next call pays about a microsecond for each 4 KiB page
// of them: on a graph of 50,000 links as much as the kernel itself. So a bounded number of freed blocks is kept for the
// whole process. Any thread may take or give; one that finds another there goes to malloc instead of waiting (a child
// of fork() can therefore not inherit a lock that nobody opens). Kept blocks are never returned to the system before
// they are displaced or the process ends. Under a sanitizer nothing is kept, so that it sees every use after the end.
#pragma once

#include <cstddef>

namespace pybench {

inline constexpr std::size_t max_kept_bytes = std::size_t{32} << 20;  // by all threads together

struct Block {
  void* data = nullptr;
  std::size_t bytes = 0;  // at least what was asked for
  std::size_t alignment = 0;
  bool fresh = true;  // not one that was kept
};

// Uninitialised memory. Throws std::bad_alloc.
Block take_block(std::size_t bytes, std::size_t alignment);

// Of a block that take_block gave.
void give_block(const Block& block) noexcept;

// How much is kept now.
std::size_t kept_bytes() noexcept;

}  // namespace pybench
