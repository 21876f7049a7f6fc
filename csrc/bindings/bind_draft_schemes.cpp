// The verification schemes for Python.
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings/common.hpp"
#include "draft/schemes.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

template <typename Real>
draft::LawBatch<Real> batch_of(const Array<Real>& draft, const Array<Real>* target, bool batched) {
  const std::span<const Real> of_target = target == nullptr ? std::span<const Real>{} : as_span(*target);
  return {as_span(draft), of_target, static_cast<std::int64_t>(draft.shape(0)), static_cast<std::int64_t>(draft.shape(1)),
          batched};
}

draft::SchemeCall call_of(const std::string& scheme, std::int64_t draft_count, std::int64_t alphabet_size,
                          std::int64_t program_size, int threads) {
  return {draft::scheme_from(scheme), draft_count, {alphabet_size, program_size}, threads};
}

draft::RowBatch rows_of(std::uint64_t key, const Array<std::uint64_t>& request, const Array<std::uint64_t>& position) {
  return {key, as_span(request), as_span(position)};
}

template <typename Real>
py::array_t<double> scheme_acceptance(const Array<Real>& draft, const Array<Real>& target, bool batched,
                                      std::int64_t draft_count, const std::string& scheme, std::int64_t alphabet_size,
                                      std::int64_t program_size, int threads) {
  const auto laws = batch_of(draft, &target, batched);
  const auto call = call_of(scheme, draft_count, alphabet_size, program_size, threads);
  return to_array(run_released([&](CancelToken& cancel) { return draft::scheme_acceptance(laws, call, cancel); }));
}

template <typename Real>
py::tuple scheme_estimate(const Array<Real>& draft, const Array<Real>& target, bool batched, std::int64_t draft_count,
                          const std::string& scheme, std::int64_t alphabet_size, std::int64_t program_size,
                          std::int64_t samples, std::uint64_t key, int threads) {
  const auto laws = batch_of(draft, &target, batched);
  const auto call = call_of(scheme, draft_count, alphabet_size, program_size, threads);
  draft::Estimates found =
      run_released([&](CancelToken& cancel) { return draft::scheme_estimate(laws, call, samples, key, cancel); });
  return py::make_tuple(to_array(std::move(found.value)), to_array(std::move(found.standard_error)));
}

template <typename Real>
py::array_t<std::int64_t> draw_drafts(const Array<Real>& draft, bool batched, std::int64_t draft_count,
                                      const std::string& scheme, std::uint64_t key, const Array<std::uint64_t>& request,
                                      const Array<std::uint64_t>& position, int threads) {
  const auto laws = batch_of<Real>(draft, nullptr, batched);
  const auto call = call_of(scheme, draft_count, 1, 1, threads);
  const auto rows = rows_of(key, request, position);
  const std::vector<py::ssize_t> shape{request.shape(0), request.shape(1), static_cast<py::ssize_t>(draft_count)};
  return to_array(run_released([&](CancelToken& cancel) { return draft::draw_drafts(laws, call, rows, cancel); }), shape);
}

template <typename Real>
py::tuple scheme_verify(const Array<Real>& draft, const Array<Real>& target, bool batched,
                        const Array<std::int64_t>& draft_tokens, const std::string& scheme, std::int64_t alphabet_size,
                        std::int64_t program_size, std::uint64_t key, const Array<std::uint64_t>& request,
                        const Array<std::uint64_t>& position, int threads) {
  const auto laws = batch_of(draft, &target, batched);
  const auto call =
      call_of(scheme, static_cast<std::int64_t>(draft_tokens.shape(2)), alphabet_size, program_size, threads);
  const auto rows = rows_of(key, request, position);
  draft::Verifications found = run_released([&](CancelToken& cancel) {
    return draft::scheme_verify(laws, call, as_span(draft_tokens), rows, cancel);
  });
  const std::vector<py::ssize_t> shape{request.shape(0), request.shape(1)};
  return py::make_tuple(to_array(std::move(found.token), shape), to_array(std::move(found.accepted), shape));
}

template <typename Real>
py::list importance_rules(const Array<Real>& draft, const Array<Real>& target, std::int64_t draft_count,
                          std::int64_t alphabet_size, std::int64_t program_size) {
  const auto laws = batch_of(draft, &target, false);
  const auto call = call_of("importance", draft_count, alphabet_size, program_size, 1);
  std::vector<draft::PairRule> rules =
      run_released([&](CancelToken& cancel) { return draft::importance_rules(laws, call, cancel); });
  py::list stages;
  for (draft::PairRule& rule : rules) {
    const auto size = static_cast<py::ssize_t>(rule.program_size);
    stages.append(py::make_tuple(to_array(std::move(rule.alphabet)), to_array(std::move(rule.keeps), {size, size})));
  }
  return stages;
}

template <typename Real>
void register_for(py::module_& module) {
  const auto draft = py::arg("draft").noconvert(), target = py::arg("target").noconvert();
  const auto request = py::arg("request").noconvert(), position = py::arg("position").noconvert();
  module.def("scheme_acceptance", &scheme_acceptance<Real>, draft, target, py::arg("batched"), py::arg("draft_count"),
             py::arg("scheme"), py::arg("alphabet_size"), py::arg("program_size"), py::arg("threads"),
             "float64 [B] for laws [B, V]. threads 0: all cores, here and below.");
  module.def("scheme_estimate", &scheme_estimate<Real>, draft, target, py::arg("batched"), py::arg("draft_count"),
             py::arg("scheme"), py::arg("alphabet_size"), py::arg("program_size"), py::arg("samples"), py::arg("key"),
             py::arg("threads"), "(value, standard error), float64 [B] each. At least 2 samples.");
  module.def("draw_drafts", &draw_drafts<Real>, draft, py::arg("batched"), py::arg("draft_count"), py::arg("scheme"),
             py::arg("key"), request, position, py::arg("threads"),
             "int64 [B, rows, draft_count]; request and position: uint64 [B, rows].");
  module.def("scheme_verify", &scheme_verify<Real>, draft, target, py::arg("batched"), py::arg("draft_tokens").noconvert(),
             py::arg("scheme"), py::arg("alphabet_size"), py::arg("program_size"), py::arg("key"), request, position,
             py::arg("threads"), "(token, accepted), int64 [B, rows] each; draft_tokens: int64 [B, rows, draft_count].");
  module.def("importance_rules", &importance_rules<Real>, draft, target, py::arg("draft_count"), py::arg("alphabet_size"),
             py::arg("program_size"),
             "For each draft after the first (alphabet int64 by rank, float64 [s, s]: that rank i is kept of i and j). "
             "Laws [1, V].");
}

}  // namespace

void register_draft_schemes(py::module_& module) {
  register_for<float>(module);
  register_for<double>(module);
}

}  // namespace pybench::bindings
