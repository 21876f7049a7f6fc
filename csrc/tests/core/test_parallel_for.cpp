#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/parallel_for.hpp"
#include "tests/check.hpp"

using namespace pybench;

TEST(parallel_for_visits_every_index_once) {
  for (const int threads : {1, 2, 3, 8}) {
    for (const std::int64_t count : {0, 1, 7, 64, 1000}) {
      for (const std::int64_t chunk : {1, 3, 64, 5000}) {
        CancelToken cancel;
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        std::atomic<bool> sound{true};
        parallel_for(threads, count, chunk, cancel, [&](std::int64_t begin, std::int64_t end, int thread) {
          if (begin >= end || end - begin > chunk || thread < 0 || thread >= threads) sound = false;
          for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
        });
        CHECK(sound.load());
        bool once = true;
        for (const auto& visit : visits) once = once && visit.load() == 1;
        CHECK(once);
      }
    }
  }
}

TEST(parallel_for_takes_all_cores_for_zero_threads) {
  CHECK_EQ(resolve_threads(3), 3);
  CHECK(resolve_threads(0) >= 1);
  CHECK_EQ(resolve_threads(-1), resolve_threads(0));
}

TEST(parallel_for_rethrows_what_a_body_throws) {
  for (const int threads : {1, 4}) {
    CancelToken cancel;
    CHECK_THROWS(parallel_for(threads, 1000, 1, cancel,
                              [](std::int64_t begin, std::int64_t, int) {
                                if (begin == 500) throw std::out_of_range("five hundred");
                              }),
                 std::out_of_range);
  }
}

TEST(parallel_for_rethrows_the_error_of_the_first_chunk) {
  for (const int threads : {1, 2, 4}) {
    for (int round = 0; round < 20; ++round) {
      CancelToken cancel;
      std::string error;
      try {
        parallel_for(threads, 64, 1, cancel, [](std::int64_t begin, std::int64_t, int) {
          if (begin < 2) return;
          // The later chunks fail sooner.
          std::this_thread::sleep_for(std::chrono::microseconds(begin < 4 ? 400 / begin : 0));
          throw std::out_of_range(std::to_string(begin));
        });
      } catch (const std::out_of_range& thrown) {
        error = thrown.what();
      }
      CHECK_EQ(error, std::string("2"));
    }
  }
}

TEST(parallel_for_stops_when_asked) {
  for (const int threads : {1, 4}) {
    CancelToken cancel([] { return true; });
    std::atomic<std::int64_t> chunks{0};
    CHECK_THROWS(parallel_for(threads, 1'000'000, 1, cancel,
                              [&](std::int64_t, std::int64_t, int) {
                                ++chunks;
                                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                              }),
                 Cancelled);
    CHECK(chunks.load() < 10'000);
  }
}

TEST(parallel_for_runs_to_the_end_when_the_caller_goes_on) {
  CancelToken cancel([] { return false; });
  std::atomic<std::int64_t> sum{0};
  parallel_for(3, 60, 1, cancel, [&](std::int64_t begin, std::int64_t, int) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    sum += begin;
  });
  CHECK_EQ(sum.load(), 60 * 59 / 2);
}
