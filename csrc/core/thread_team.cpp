#include "core/thread_team.hpp"

#include <chrono>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pybench {

namespace {

// Phases often follow each other within microseconds, and waking a sleeping thread takes tens of them. No longer than
// that: on a machine whose cores are busy the one that is waited for may need this one.
constexpr int spins_before_sleep = 400;

void pause() noexcept {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

template <typename Condition>
bool comes_true_soon(Condition&& condition) noexcept {
  for (int spin = 0; spin < spins_before_sleep; ++spin) {
    if (condition()) return true;
    pause();
  }
  return false;
}

constexpr std::chrono::milliseconds between_listening{5};

}  // namespace

ThreadTeam::ThreadTeam(int threads) {
  try {
    for (int thread = 1; thread < threads; ++thread) {
      workers_.emplace_back([this, thread] { serve(thread); });
    }
  } catch (...) {
    dismiss();
    throw;
  }
}

void ThreadTeam::begin_phase(Call call, void* task) noexcept {
  call_ = call;
  task_ = task;
  busy_.store(static_cast<std::uint32_t>(workers_.size()), std::memory_order_relaxed);
  phase_.fetch_add(1, std::memory_order_release);
  phase_.notify_all();
  call(task, 0);
}

bool ThreadTeam::wait_for_others() noexcept {
  const auto all_idle = [this] { return busy_.load(std::memory_order_acquire) == 0; };
  if (comes_true_soon(all_idle)) return true;
  std::unique_lock<std::mutex> lock(idle_mutex_);
  return idle_.wait_for(lock, between_listening, all_idle);
}

void ThreadTeam::serve(int thread) noexcept {
  for (std::uint32_t seen = 0;; ++seen) {
    const auto begun = [this, seen] { return phase_.load(std::memory_order_acquire) != seen; };
    if (!comes_true_soon(begun)) phase_.wait(seen, std::memory_order_acquire);
    if (call_ == nullptr) return;
    call_(task_, thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      // Under the lock: thread 0 is not between looking and falling asleep.
      const std::lock_guard<std::mutex> lock(idle_mutex_);
      idle_.notify_one();
    }
  }
}

void ThreadTeam::dismiss() noexcept {
  call_ = nullptr;
  phase_.fetch_add(1, std::memory_order_release);
  phase_.notify_all();
  workers_.clear();
}

}  // namespace pybench
