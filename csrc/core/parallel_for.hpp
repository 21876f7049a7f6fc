// A dynamic parallel loop over [0, count) in chunks. The calling thread works too and is the one that polls for
// cancellation; an exception of any thread is rethrown here after all have stopped, of several that of the first chunk.
// Which thread runs which chunk is not defined, so a body must not let its result depend on it (sum integers, or write to
// slots of the chunk).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "core/cancel.hpp"
#include "core/thread_team.hpp"

namespace pybench {

// threads <= 0 means all cores of the machine.
inline int resolve_threads(int threads) {
  if (threads > 0) return threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// body(begin, end, thread) with 0 <= thread < team.size(). Throws Cancelled, or what the body threw for the first chunk
// that it threw for: the same one for any number of threads, as chunks are begun in order and each runs to its end.
template <typename Body>
void parallel_for(ThreadTeam& team, std::int64_t count, std::int64_t chunk, CancelToken& cancel, Body&& body) {
  if (team.size() == 1 || count <= chunk) {
    for (std::int64_t begin = 0; begin < count; begin += chunk) {
      cancel.check();
      body(begin, std::min(count, begin + chunk), 0);
    }
    return;
  }
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr error;
  std::int64_t error_begin = count;
  std::mutex error_mutex;
  auto work = [&](int thread) noexcept {
    std::int64_t begin = 0;
    try {
      while (!failed.load(std::memory_order_relaxed) && !cancel.requested()) {
        begin = next.fetch_add(1, std::memory_order_relaxed) * chunk;
        if (begin >= count) break;
        body(begin, std::min(count, begin + chunk), thread);
        if (thread == 0) cancel.poll();
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(error_mutex);
      if (begin < error_begin) {
        error = std::current_exception();
        error_begin = begin;
      }
      failed.store(true, std::memory_order_relaxed);
    }
  };
  team.run(work, [&]() noexcept { cancel.poll(); });
  if (error) std::rethrow_exception(error);
  cancel.check();
}

// The same for a single loop, with a team of its own: 0 <= thread < threads.
template <typename Body>
void parallel_for(int threads, std::int64_t count, std::int64_t chunk, CancelToken& cancel, Body&& body) {
  const std::int64_t chunks = (count + chunk - 1) / chunk;
  ThreadTeam team(static_cast<int>(std::min<std::int64_t>(resolve_threads(threads), chunks)));
  parallel_for(team, count, chunk, cancel, std::forward<Body>(body));
}

// As parallel_for, with a token that the thread which runs the body may check: body(begin, end, token).
template <typename Body>
void share_out(int threads, std::int64_t count, std::int64_t chunk, CancelToken& cancel, Body&& body) {
  parallel_for(threads, count, chunk, cancel, [&](std::int64_t begin, std::int64_t end, int thread) {
    CancelToken follower = CancelToken::following(cancel);
    body(begin, end, thread == 0 ? cancel : follower);
  });
}

}  // namespace pybench
