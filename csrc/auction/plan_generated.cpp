#include "auction/plan_generated.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "auction/spending_plan.hpp"
#include "core/parallel_for.hpp"
#include "core/scratch.hpp"

namespace pybench::auction {
namespace {

constexpr std::size_t steps_a_task = std::size_t{1} << 16;

// The sample of one campaign, and what its plan writes besides the multiplier. Held and not made again for each pass, since
// a pass over it takes less time than making it.
class HeldSample {
 public:
  explicit HeldSample(const Market& market)
      : market_(market), value_(market.value_scale.size()), price_(value_.size()), target_(value_.size()) {}

  double multiplier(std::size_t campaign, double budget, CancelToken& cancel) {
    const std::size_t steps = value_.size();
    for (std::size_t begin = 0; begin < steps; begin += steps_a_task) {
      cancel.check();
      const std::size_t count = std::min(steps_a_task, steps - begin);
      generate_steps(market_, campaign, Stream::sample, begin, {&value_[begin], count}, {&price_[begin], count});
    }
    double found = 0.0;
    spending_plan<float>(value_.data(), price_.data(), steps, false, {&budget, 1}, &found, target_.data(), 1, cancel);
    return found;
  }

 private:
  const Market& market_;
  Scratch<float> value_, price_, target_;
};

}  // namespace

void spending_plan_generated(const Market& market, std::span<const double> budget, std::span<double> multiplier,
                             int threads, CancelToken& cancel) {
  market.check();
  const std::size_t steps = market.value_scale.size();
  const auto chunk = static_cast<std::int64_t>(std::max<std::size_t>(1, steps_a_task / steps));
  share_out(threads, static_cast<std::int64_t>(budget.size()), chunk, cancel,
            [&](std::int64_t begin, std::int64_t end, CancelToken& stop) {
              HeldSample sample(market);
              for (auto campaign = static_cast<std::size_t>(begin); campaign < static_cast<std::size_t>(end); ++campaign) {
                multiplier[campaign] = sample.multiplier(campaign, budget[campaign], stop);
              }
            });
}

}  // namespace pybench::auction
