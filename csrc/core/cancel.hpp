// How a long loop learns that the caller wants to stop, without knowing what the caller is.
//
// The thread that entered the kernel calls `check()` between chunks of work; worker threads read `requested()`. The poll
// function may be costly (the Python binding takes the GIL to look for signals), so it runs at most once every 20 ms.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>

#include "core/errors.hpp"

namespace pybench {

class CancelToken {
 public:
  using Poll = bool (*)();  // true: the caller wants to stop

  explicit CancelToken(Poll ask = nullptr) : poll_(ask), last_(Clock::now()) {}
  CancelToken(const CancelToken&) = delete;
  CancelToken& operator=(const CancelToken&) = delete;

  // For a worker thread that calls what takes a token: it never asks the caller itself, and stops when its leader does.
  static CancelToken following(const CancelToken& leader) { return CancelToken(&leader.leading()); }

  // Any thread: has a stop been asked for?
  [[nodiscard]] bool requested() const noexcept { return leading().requested_.load(std::memory_order_relaxed); }

  // The entering thread only: asks the caller, at most once an interval.
  void poll() {
    if (poll_ == nullptr || requested()) return;
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(20)) return;
    last_ = now;
    if (poll_()) requested_.store(true, std::memory_order_relaxed);
  }

  // The entering thread only: as poll(), and throws Cancelled when a stop was asked for.
  void check() {
    poll();
    if (requested()) throw Cancelled();
  }

  // As check(), once in a million of the simple steps that the caller counts: for pieces of work that may be long and are
  // mostly too short for a look at the clock.
  void check_after(std::size_t steps) {
    steps_ += steps;
    if (steps_ < (std::size_t{1} << 20)) return;
    steps_ = 0;
    check();
  }

 private:
  using Clock = std::chrono::steady_clock;

  explicit CancelToken(const CancelToken* leader) : leader_(leader) {}
  [[nodiscard]] const CancelToken& leading() const noexcept { return leader_ == nullptr ? *this : *leader_; }

  const CancelToken* leader_ = nullptr;
  Poll poll_ = nullptr;
  Clock::time_point last_;
  std::size_t steps_ = 0;
  std::atomic<bool> requested_{false};
};

}  // namespace pybench
