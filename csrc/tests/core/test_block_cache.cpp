#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "core/block_cache.hpp"
#include "core/scratch.hpp"
#include "tests/check.hpp"

using namespace pybench;

namespace {

constexpr std::size_t page = 4096;

// Whether this build keeps blocks at all: under a sanitizer it does not.
bool keeps_blocks() {
  give_block(take_block(64 * page, 64));
  return kept_bytes() > 0;
}

}  // namespace

TEST(block_cache_gives_the_same_block_again) {
  if (!keeps_blocks()) return;
  const Block first = take_block(300 * page, 64);
  CHECK(first.bytes >= 300 * page);
  const std::size_t before = kept_bytes();
  give_block(first);
  CHECK_EQ(kept_bytes(), before + first.bytes);
  const Block second = take_block(300 * page - 100, 64);
  CHECK_EQ(second.data, first.data);
  CHECK_EQ(second.bytes, first.bytes);
  CHECK(!second.fresh);
  CHECK_EQ(kept_bytes(), before);
  give_block(second);
}

TEST(block_cache_keeps_alignments_apart) {
  const Block loose = take_block(700 * page, 64);
  give_block(loose);
  const Block strict = take_block(700 * page, huge_page);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(strict.data) % huge_page, 0);
  give_block(strict);
}

TEST(block_cache_is_bounded) {
  std::vector<Block> blocks;
  for (int i = 0; i < 40; ++i) blocks.push_back(take_block(max_kept_bytes / 20, 64));
  for (int i = 0; i < 200; ++i) blocks.push_back(take_block(5 * page, 64));
  for (const Block& block : blocks) {
    give_block(block);
    CHECK(kept_bytes() <= max_kept_bytes);
  }
  const std::size_t before = kept_bytes();
  const Block too_large = take_block(max_kept_bytes + 1, 64);
  CHECK(too_large.fresh);
  give_block(too_large);
  CHECK_EQ(kept_bytes(), before);
}

TEST(block_cache_takes_empty_and_small_blocks) {
  const std::size_t before = kept_bytes();
  for (const std::size_t bytes : {0, 1, 63, 64, 1000}) {
    const Block block = take_block(bytes, 64);
    CHECK(block.fresh);
    CHECK_EQ(block.bytes, bytes);
    std::memset(block.data, 1, bytes);
    give_block(block);
  }
  CHECK_EQ(kept_bytes(), before);
}

// No two threads ever hold one block.
TEST(block_cache_serves_threads) {
  std::vector<int> clashes(4);
  std::vector<std::thread> threads;
  for (int id = 0; id < 4; ++id) {
    threads.emplace_back([id, &clashes] {
      for (int round = 0; round < 2000; ++round) {
        Scratch<int> array(5000 + static_cast<std::size_t>(round % 3) * 1000);
        array[0] = array[array.size() - 1] = id;
        std::this_thread::yield();
        clashes[static_cast<std::size_t>(id)] += array[0] != id || array[array.size() - 1] != id;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(clashes, std::vector<int>(4));
}
