// The optimal verifier of K i.i.d. drafts from one law, for one row of laws. See docs/multi_draft.md for why it is optimal
// and why its output law is exactly the target.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/optimum.hpp"
#include "draft/random.hpp"
#include "draft/ratio_order.hpp"
#include "draft/score_kernel.hpp"

namespace pybench::draft {

template <typename Real>
class Plan {
 public:
  // Checks the laws and finds the optimum: O(V). Throws InvalidInput for laws that break a rule; `row` is for its text,
  // -1 for none. The laws are copied, or where `copy` is false must outlive the plan.
  Plan(std::span<const Real> draft, std::span<const Real> target, std::int64_t draft_count, bool copy, std::int64_t row);

  // The same for laws that it is to keep.
  Plan(Scratch<Real> draft, Scratch<Real> target, std::int64_t draft_count, std::int64_t row);

  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // The probability that one of the drafts is accepted.
  [[nodiscard]] double acceptance() const noexcept { return 1.0 - rejected_; }

  // The law of the draft that is selected, whether it is then accepted or not. O(V).
  void selection_law(std::span<Real> law) const;

  // Throws InvalidInput for a draft that is out of range or has draft probability 0; `row` as above.
  void check_tokens(std::span<const std::int64_t> draft_tokens, std::int64_t row) const;

  // Verifies rows of drafts, [rows, draft_count]: writes each row's token, and which draft it is or -1. A row's answer
  // depends on its drafts, (key, request, position) and the laws alone. The drafts must have passed check_tokens. Any number
  // of threads may call it at once; they take turns.
  // O(rows K log V), and some passes over V while the parts of the order that are asked for are sorted.
  void verify(std::span<const std::int64_t> draft_tokens, std::uint64_t key, std::span<const std::uint64_t> request,
              std::span<const std::uint64_t> position, int threads, std::int64_t* token, std::int64_t* accepted,
              CancelToken& cancel);

 private:
  // A stretch of [0, 1]: a pool of tokens of one level, or a bucket, or the part of a bucket between the pools.
  struct Segment {
    double start;
    Parts before;
    std::size_t bucket;
    bool pool;
    double level;  // of a pool
    double width;  // of a pool
  };
  // Tokens of equal ratio side by side: one slot.
  struct Slot {
    SlotShape shape;
    Parts before;
  };
  // The slots of a bucket, without what the pools have of it.
  struct Slots {
    bool known = false;
    std::vector<Slot> list;
    Parts end{0.0, 0.0};
  };
  struct Chosen {
    std::int64_t token;
    std::int64_t accepted;
  };

  Plan(RatioOrder<Real> order, std::int64_t draft_count);
  void make_segments();  // at the first row: an acceptance needs none
  [[nodiscard]] std::size_t first_token(std::size_t bucket) const noexcept;
  [[nodiscard]] std::size_t last_token(std::size_t bucket, std::size_t size) const noexcept;
  [[nodiscard]] bool is_whole(std::size_t bucket) const noexcept;  // no pool has a part of it
  Parts parts_of_bucket(std::size_t bucket);
  const Slots& slots(const Segment& segment);
  void prepare_all(CancelToken& cancel);
  // The score of a draw, or, where that is not above `best`, anything that is not.
  double score(std::int64_t token, double place, double coin, double best);
  double score_in(const SlotShape& slot, const Parts& before, double place, double coin, double best);
  double invert(Part part, double mass);
  Chosen verify_row(const std::int64_t* tokens, const Row& row);
  void prepare_residual();

  std::mutex mutex_;
  std::int64_t draft_count_;
  RatioOrder<Real> order_;
  double rejected_;
  Levels levels_;
  bool segments_known_ = false;
  std::vector<Segment> segments_;
  std::vector<double> surplus_before_, deficit_before_;  // of the segments, for searches
  double deficit_begin_ = 1.0, surplus_end_ = 0.0;       // no deficit before, no surplus after
  Parts total_{0.0, 0.0};
  std::vector<Slots> slots_;              // by bucket
  std::optional<InverseCdf> residual_;
};

extern template class Plan<float>;
extern template class Plan<double>;

}  // namespace pybench::draft
