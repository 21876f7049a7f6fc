#include "core/thread_team.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/parallel_for.hpp"
#include "tests/check.hpp"

using namespace pybench;

TEST(thread_team_runs_every_phase_on_every_thread) {
  for (const int threads : {-1, 0, 1, 2, 3, 8}) {
    ThreadTeam team(threads);
    CHECK_EQ(team.size(), threads > 1 ? threads : 1);
    std::vector<int> phases_of(static_cast<std::size_t>(team.size()), 0);  // each written by one thread, read after the phase
    for (int phase = 1; phase <= 300; ++phase) {
      team.run([&](int thread) { ++phases_of[static_cast<std::size_t>(thread)]; }, [] {});
      bool all = true;
      for (const int phases : phases_of) all = all && phases == phase;
      CHECK(all);
    }
  }
}

TEST(thread_team_wakes_up_after_a_long_pause_and_waits_for_a_slow_thread) {
  ThreadTeam team(3);
  std::atomic<int> calls{0};
  for (int phase = 0; phase < 3; ++phase) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the others have gone to sleep
    int listened = 0;
    team.run(
        [&](int thread) {
          std::this_thread::sleep_for(std::chrono::milliseconds(thread * 15));
          ++calls;
        },
        [&] { ++listened; });
    CHECK(listened > 0);
    CHECK_EQ(calls.load(), 3 * (phase + 1));
  }
}

TEST(a_thread_that_waits_for_another_hears_the_caller) {
  CancelToken cancel([] { return true; });
  std::atomic<bool> other_works{false};
  CHECK_THROWS(parallel_for(2, 2, 1, cancel,
                            [&](std::int64_t, std::int64_t, int thread) {
                              if (thread == 1) other_works = true;
                              while (thread == 0 && !other_works) std::this_thread::yield();
                              while (thread == 1 && !cancel.requested()) std::this_thread::yield();
                            }),
               Cancelled);
}

TEST(thread_team_that_never_ran_goes_home) {
  for (int repeat = 0; repeat < 50; ++repeat) const ThreadTeam team(4);
}

TEST(thread_team_goes_on_after_an_exception_and_after_a_stop) {
  ThreadTeam team(4);
  CancelToken cancel;
  const auto sum = [&] {
    std::atomic<std::int64_t> total{0};
    parallel_for(team, 1000, 7, cancel, [&](std::int64_t begin, std::int64_t end, int thread) {
      if (thread < 0 || thread >= team.size()) throw std::logic_error("no such thread");
      for (std::int64_t i = begin; i < end; ++i) total += i;
    });
    return total.load();
  };
  CHECK_EQ(sum(), 1000 * 999 / 2);
  CHECK_THROWS(parallel_for(team, 1000, 1, cancel,
                            [](std::int64_t begin, std::int64_t, int) {
                              if (begin == 500) throw std::out_of_range("five hundred");
                            }),
               std::out_of_range);
  CHECK_EQ(sum(), 1000 * 999 / 2);
  CancelToken stopped([] { return true; });
  CHECK_THROWS(parallel_for(team, 1'000'000, 1, stopped,
                            [](std::int64_t, std::int64_t, int) {
                              std::this_thread::sleep_for(std::chrono::milliseconds(1));
                            }),
               Cancelled);
  CHECK_EQ(sum(), 1000 * 999 / 2);
}
