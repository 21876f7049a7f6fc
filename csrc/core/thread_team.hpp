// Threads that are started once for a kernel whose work is a sequence of parallel phases. The thread that makes the team
// is its thread 0 and the only one to call run().
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace pybench {

class ThreadTeam {
 public:
  // threads <= 1: the calling thread alone. Throws std::system_error when a thread cannot be started.
  explicit ThreadTeam(int threads);
  ~ThreadTeam() { dismiss(); }
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()) + 1; }

  // task(thread) on every thread of the team, 0 <= thread < size(); returns when all have. It must not throw. While
  // thread 0 waits for the others it calls listen() every few milliseconds, which must not throw either.
  template <typename Task, typename Listen>
  void run(Task&& task, Listen&& listen) noexcept {
    using Called = std::remove_reference_t<Task>;
    begin_phase([](void* called, int thread) { (*static_cast<Called*>(called))(thread); }, &task);
    while (!wait_for_others()) listen();
  }

 private:
  using Call = void (*)(void* task, int thread);

  void begin_phase(Call call, void* task) noexcept;
  bool wait_for_others() noexcept;  // some milliseconds at most: false when they are still busy then
  void serve(int thread) noexcept;
  void dismiss() noexcept;

  // Written by thread 0 before a phase begins; no call ends the team.
  Call call_ = nullptr;
  void* task_ = nullptr;
  alignas(64) std::atomic<std::uint32_t> phase_{0};  // of the latest phase that has begun
  alignas(64) std::atomic<std::uint32_t> busy_{0};   // workers that have not finished it
  std::mutex idle_mutex_;
  std::condition_variable idle_;  // no worker is busy any more
  std::vector<std::jthread> workers_;                // last: a worker reads the members above
};

}  // namespace pybench
