// How threads share a batch of laws, and rows of one law.
#pragma once

#include <cstdint>

#include "core/cancel.hpp"
#include "core/parallel_for.hpp"

namespace pybench::draft {

// One law's share of the work is done by one thread where there are laws enough for all, else by all.
class LawShares {
 public:
  LawShares(int threads, std::int64_t batch, CancelToken& cancel)
      : threads_(resolve_threads(threads)), batch_(batch), by_law_(threads_ == 1 || batch >= threads_), cancel_(cancel) {}

  // body(law, token, threads): `token` may be checked by the thread that runs the body, and `threads` is how many it may
  // use. Of several laws that are refused the first one's error is thrown, for any number of threads.
  template <typename Body>
  void each_law(Body&& body) {
    const auto serially = [&](int threads) {
      for (std::int64_t law = 0; law < batch_; ++law) {
        cancel_.check();
        body(law, cancel_, threads);
      }
    };
    if (!by_law_ || threads_ == 1) return serially(by_law_ ? 1 : threads_);
    share_out(threads_, batch_, 1, cancel_, [&](std::int64_t begin, std::int64_t end, CancelToken& token) {
      for (std::int64_t law = begin; law < end; ++law) body(law, token, 1);
    });
  }

 private:
  int threads_;
  std::int64_t batch_;
  bool by_law_;
  CancelToken& cancel_;
};

}  // namespace pybench::draft
