#include "core/thread_team.hpp"

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

// Returns the value that is no longer `old`.
std::uint32_t wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) noexcept {
  for (int spin = 0; spin < spins_before_sleep; ++spin) {
    const std::uint32_t now = value.load(std::memory_order_acquire);
    if (now != old) return now;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

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

void ThreadTeam::run_phase(Call call, void* task) noexcept {
  call_ = call;
  task_ = task;
  busy_.store(static_cast<std::uint32_t>(workers_.size()), std::memory_order_relaxed);
  phase_.fetch_add(1, std::memory_order_release);
  phase_.notify_all();
  call(task, 0);
  for (std::uint32_t busy = busy_.load(std::memory_order_acquire); busy != 0;) busy = wait_for_change(busy_, busy);
}

void ThreadTeam::serve(int thread) noexcept {
  for (std::uint32_t phase = 0;;) {
    phase = wait_for_change(phase_, phase);
    if (call_ == nullptr) return;
    call_(task_, thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

void ThreadTeam::dismiss() noexcept {
  call_ = nullptr;
  phase_.fetch_add(1, std::memory_order_release);
  phase_.notify_all();
  workers_.clear();
}

}  // namespace pybench
