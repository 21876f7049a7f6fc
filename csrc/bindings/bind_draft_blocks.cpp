// Block verification for Python.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bindings/common.hpp"
#include "draft/block_verify.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

template <typename Real>
py::tuple block_verify(const Array<Real>& draft, const Array<Real>& target, const Array<std::int64_t>& tokens,
                       const Array<std::uint64_t>& request, const Array<std::uint64_t>& position, std::uint64_t key,
                       bool one, int threads) {
  const draft::BlockBatch<Real> batch{as_span(draft),   as_span(target),
                                      as_span(tokens),  as_span(request),
                                      as_span(position), static_cast<std::size_t>(draft.shape(1)),
                                      static_cast<std::size_t>(draft.shape(2)), one};
  const std::vector<draft::BlockOutcome> outcomes =
      run_released([&](CancelToken& cancel) { return draft::block_verify(batch, key, threads, cancel); });
  std::vector<std::int64_t> counts;
  std::vector<std::int64_t> next;
  for (const draft::BlockOutcome& outcome : outcomes) {
    counts.push_back(outcome.accepted_count);
    next.push_back(outcome.token);
  }
  return py::make_tuple(to_array(std::move(counts)), to_array(std::move(next)));
}

template <typename Real>
void define(py::module_& module) {
  module.def("block_verify", &block_verify<Real>, py::arg("draft").noconvert(), py::arg("target").noconvert(),
             py::arg("tokens").noconvert(), py::arg("request").noconvert(), py::arg("position").noconvert(),
             py::arg("key"), py::arg("one"), py::arg("threads"),
             "(accepted counts, tokens), int64 [B] each, of draft [B, L, V], target [B, L + 1, V], tokens [B, L]. one: "
             "errors name no chain. threads 0: all cores.");
}

}  // namespace

void register_draft_blocks(py::module_& module) {
  define<float>(module);
  define<double>(module);
}

}  // namespace pybench::bindings
