// The optimal verifier for Python: a batch of plans, one for each row of laws.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "bindings/common.hpp"
#include "core/parallel_for.hpp"
#include "draft/law_shares.hpp"
#include "draft/plan.hpp"
#include "draft/softmax.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

template <typename Real>
std::span<const Real> row_of(const Array<Real>& laws, std::int64_t row) {
  const auto size = static_cast<std::size_t>(laws.shape(1));
  return {laws.data() + static_cast<std::size_t>(row) * size, size};
}

template <typename Real>
py::array_t<double> optimal_acceptance(const Array<Real>& draft, const Array<Real>& target, std::int64_t draft_count,
                                       bool batched, int threads) {
  const py::ssize_t rows = draft.shape(0);
  std::vector<double> values(static_cast<std::size_t>(rows));
  run_released([&](CancelToken& cancel) {
    parallel_for(threads, rows, 1, cancel, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t row = begin; row < end; ++row) {
        draft::RatioOrder<Real> order(row_of(draft, row), row_of(target, row), false, batched ? row : -1);
        values[static_cast<std::size_t>(row)] = 1.0 - draft::least_rejection(order, draft_count);
      }
    });
  });
  return to_array(std::move(values));
}

// That this thread verifies with a plan. Other threads wait for their turn; a signal handler that interrupted this very
// thread would wait for itself, so it is refused.
class OneAtATime {
 public:
  explicit OneAtATime(const void* plan) {
    if (std::find(mine_.begin(), mine_.end(), plan) != mine_.end()) {
      throw std::runtime_error(
          "verify was called by a signal handler that interrupted verify of the same plan: it can only return or raise");
    }
    mine_.push_back(plan);
  }
  OneAtATime(const OneAtATime&) = delete;
  OneAtATime& operator=(const OneAtATime&) = delete;
  ~OneAtATime() { mine_.pop_back(); }  // calls of one thread end in the reverse order

 private:
  static inline thread_local std::vector<const void*> mine_;
};

// Of each row: temperature, top_k, top_p.
struct SamplingRows {
  Array<double> temperature;
  Array<std::int64_t> top_k;
  Array<double> top_p;
  [[nodiscard]] draft::Sampling of(std::int64_t row) const {
    return {temperature.data()[row], top_k.data()[row], top_p.data()[row]};
  }
};

template <typename Real>
py::array_t<Real> probabilities(const Array<Real>& logits, Array<double> temperature, Array<std::int64_t> top_k,
                                Array<double> top_p, bool batched, int threads) {
  const SamplingRows sampling{std::move(temperature), std::move(top_k), std::move(top_p)};
  const py::ssize_t rows = logits.shape(0);
  py::array_t<Real> laws({rows, logits.shape(1)});
  Real* data = laws.mutable_data();
  const auto size = static_cast<std::size_t>(logits.shape(1));
  run_released([&](CancelToken& cancel) {
    parallel_for(threads, rows, 1, cancel, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t row = begin; row < end; ++row) {
        draft::softmax<Real>(row_of(logits, row), sampling.of(row), {data + static_cast<std::size_t>(row) * size, size},
                             "logits", batched ? row : -1);
      }
    });
  });
  return laws;
}

template <typename Real>
using Plans = std::vector<std::unique_ptr<draft::Plan<Real>>>;

class PlanBatch {
 public:
  template <typename Real>
  static std::unique_ptr<PlanBatch> make(const Array<Real>& draft, const Array<Real>& target, std::int64_t draft_count,
                                         bool batched, int threads) {
    return make_rows<Real>(draft.shape(0), draft.shape(1), draft_count, batched, threads, [&](std::int64_t row) {
      return std::make_unique<draft::Plan<Real>>(row_of(draft, row), row_of(target, row), draft_count, true,
                                                 batched ? row : -1);
    });
  }

  template <typename Real>
  static std::unique_ptr<PlanBatch> from_logits(const Array<Real>& draft_logits, const Array<Real>& target_logits,
                                                std::int64_t draft_count, Array<double> draft_temperature,
                                                Array<double> temperature, Array<std::int64_t> top_k, Array<double> top_p,
                                                bool batched, int threads) {
    const SamplingRows draft_sampling{std::move(draft_temperature), top_k, top_p};
    const SamplingRows target_sampling{std::move(temperature), std::move(top_k), std::move(top_p)};
    const std::int64_t size = draft_logits.shape(1);
    return make_rows<Real>(draft_logits.shape(0), size, draft_count, batched, threads, [&](std::int64_t row) {
      const std::int64_t name = batched ? row : -1;
      Scratch<Real> laws[2] = {Scratch<Real>(static_cast<std::size_t>(size)),
                               Scratch<Real>(static_cast<std::size_t>(size))};
      draft::softmax<Real>(row_of(draft_logits, row), draft_sampling.of(row), {laws[0].data(), laws[0].size()},
                           "draft_logits", name);
      draft::softmax<Real>(row_of(target_logits, row), target_sampling.of(row), {laws[1].data(), laws[1].size()},
                           "target_logits", name);
      return std::make_unique<draft::Plan<Real>>(std::move(laws[0]), std::move(laws[1]), draft_count, name);
    });
  }

  [[nodiscard]] py::array_t<double> acceptance() const {
    return std::visit(
        [](const auto& plans) {
          std::vector<double> values;
          for (const auto& plan : plans) values.push_back(plan->acceptance());
          return to_array(std::move(values));
        },
        plans_);
  }

  [[nodiscard]] py::array selection_law(int threads) const {
    return std::visit([&](const auto& plans) -> py::array { return laws_of(plans, threads); }, plans_);
  }

  [[nodiscard]] py::tuple verify(const Array<std::int64_t>& tokens, std::uint64_t key, const Array<std::uint64_t>& request,
                                 const Array<std::uint64_t>& position, int threads) const {
    const OneAtATime turn(this);
    const auto rows = static_cast<std::size_t>(tokens.shape(1));
    std::vector<std::int64_t> token(static_cast<std::size_t>(request.size())), accepted(token.size());
    std::visit(
        [&](const auto& plans) {
          const std::size_t drafts = rows * static_cast<std::size_t>(draft_count_);
          const auto batch = static_cast<std::int64_t>(plans.size());
          run_released([&](CancelToken& cancel) {
            for (std::size_t i = 0; i < plans.size(); ++i) {
              plans[i]->check_tokens(as_span(tokens).subspan(i * drafts, drafts), batched_ ? static_cast<std::int64_t>(i) : -1);
            }
            draft::LawShares(threads, batch, cancel).each_law([&](std::int64_t law, CancelToken& stop, int inner) {
              const auto i = static_cast<std::size_t>(law);
              plans[i]->verify(as_span(tokens).subspan(i * drafts, drafts), key, as_span(request).subspan(i * rows, rows),
                               as_span(position).subspan(i * rows, rows), inner, token.data() + i * rows, accepted.data() + i * rows, stop);
            });
          });
        },
        plans_);
    const std::vector<py::ssize_t> shape{request.shape(0), request.shape(1)};
    return py::make_tuple(to_array(std::move(token), shape), to_array(std::move(accepted), shape));
  }

  [[nodiscard]] std::int64_t draft_count() const { return draft_count_; }

 private:
  template <typename Real, typename MakeRow>
  static std::unique_ptr<PlanBatch> make_rows(std::int64_t rows, std::int64_t size, std::int64_t draft_count, bool batched,
                                              int threads, MakeRow&& make_row) {
    auto batch = std::make_unique<PlanBatch>();
    batch->draft_count_ = draft_count;
    batch->size_ = size;
    batch->batched_ = batched;
    Plans<Real> plans(static_cast<std::size_t>(rows));
    run_released([&](CancelToken& cancel) {
      parallel_for(threads, rows, 1, cancel, [&](std::int64_t begin, std::int64_t end, int) {
        for (std::int64_t row = begin; row < end; ++row) plans[static_cast<std::size_t>(row)] = make_row(row);
      });
    });
    batch->plans_ = std::move(plans);
    return batch;
  }

  template <typename Real>
  py::array laws_of(const Plans<Real>& plans, int threads) const {
    py::array_t<Real> laws({static_cast<py::ssize_t>(plans.size()), static_cast<py::ssize_t>(size_)});
    Real* data = laws.mutable_data();
    const auto size = static_cast<std::size_t>(size_);
    run_released([&](CancelToken& cancel) {
      parallel_for(threads, static_cast<std::int64_t>(plans.size()), 1, cancel,
                   [&](std::int64_t begin, std::int64_t end, int) {
                     for (std::int64_t i = begin; i < end; ++i) {
                       const auto row = static_cast<std::size_t>(i);
                       plans[row]->selection_law({data + row * size, size});
                     }
                   });
    });
    return laws;
  }

  std::variant<Plans<float>, Plans<double>> plans_;
  std::int64_t draft_count_ = 0;
  std::int64_t size_ = 0;
  bool batched_ = false;
};

template <typename Real>
void register_for(py::module_& module) {
  module.def("optimal_acceptance", &optimal_acceptance<Real>, py::arg("draft").noconvert(),
             py::arg("target").noconvert(), py::arg("draft_count"), py::arg("batched"), py::arg("threads"),
             "float64 [B]: the largest acceptance of any verifier of i.i.d. drafts. threads 0: all cores.");
  module.def("plan", &PlanBatch::make<Real>, py::arg("draft").noconvert(), py::arg("target").noconvert(),
             py::arg("draft_count"), py::arg("batched"), py::arg("threads"), "The plans of laws [B, V].");
  module.def("plan_from_logits", &PlanBatch::from_logits<Real>, py::arg("draft_logits").noconvert(),
             py::arg("target_logits").noconvert(), py::arg("draft_count"), py::arg("draft_temperature").noconvert(),
             py::arg("temperature").noconvert(), py::arg("top_k").noconvert(), py::arg("top_p").noconvert(),
             py::arg("batched"), py::arg("threads"),
             "The plans of the laws of logits [B, V]; sampling arrays [B], top_k 0 and top_p 1 for all tokens.");
  module.def("probabilities", &probabilities<Real>, py::arg("logits").noconvert(), py::arg("temperature").noconvert(),
             py::arg("top_k").noconvert(), py::arg("top_p").noconvert(), py::arg("batched"), py::arg("threads"),
             "The laws of logits [B, V].");
}

}  // namespace

void register_draft_plan(py::module_& module) {
  py::class_<PlanBatch>(module, "PlanBatch")
      .def_property_readonly("draft_count", &PlanBatch::draft_count)
      .def("acceptance", &PlanBatch::acceptance, "float64 [B].")
      .def("selection_law", &PlanBatch::selection_law, py::arg("threads"), "[B, V], of the dtype of the laws.")
      .def("verify", &PlanBatch::verify, py::arg("draft_tokens").noconvert(), py::arg("key"),
           py::arg("request").noconvert(), py::arg("position").noconvert(), py::arg("threads"),
           "(token, accepted), int64 [B, n]. Tokens [B, n, K]; request and position uint64 [B, n].");
  register_for<float>(module);
  register_for<double>(module);
}

}  // namespace pybench::bindings
