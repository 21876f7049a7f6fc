// Random rewirings of a Digraph for Python.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings/common.hpp"
#include "core/errors.hpp"
#include "graph/digraph.hpp"
#include "graph/null_chain.hpp"
#include "graph/null_model.hpp"
#include "graph/null_samples.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

using graph::Digraph;

graph::Preserve preserve_from(const std::string& name) {
  if (name == "degree") return graph::Preserve::degree;
  if (name == "dyad") return graph::Preserve::dyad;
  throw InvalidInput("preserve is '" + name + "': it must be 'degree' or 'dyad'");
}

py::tuple rewire(const Digraph& digraph, const std::string& preserve, std::uint64_t tries, std::uint64_t key) {
  const graph::Preserve what = preserve_from(preserve);
  std::int64_t accepted = 0;
  std::unique_ptr<Digraph> rewired = run_released([&](CancelToken& cancel) {
    const graph::NullModel model = graph::make_null_model(digraph, what, cancel);
    graph::NullChain chain(model);
    chain.restart(key, 0);
    chain.advance_to(tries, cancel);
    accepted = static_cast<std::int64_t>(chain.accepted());
    const graph::Links links = chain.links();
    return std::make_unique<Digraph>(links.source, links.target, links.node_count);
  });
  return py::make_tuple(py::cast(std::move(rewired)), accepted);
}

py::tuple null_samples(const Digraph& digraph, const std::string& preserve, const Array<std::uint64_t>& checkpoints,
                       std::int64_t first_chain, std::int64_t chains, std::uint64_t key, int threads) {
  const graph::Preserve what = preserve_from(preserve);
  const std::span<const std::uint64_t> tries = as_span(checkpoints);
  graph::NullSamples found = run_released([&](CancelToken& cancel) {
    return graph::null_samples(digraph, what, tries, first_chain, chains, key, threads, cancel);
  });
  constexpr auto count = static_cast<py::ssize_t>(graph::null_statistic_count);
  std::vector<std::int64_t> observed(found.observed.begin(), found.observed.end());
  py::array_t<std::int64_t> statistics({static_cast<py::ssize_t>(chains), static_cast<py::ssize_t>(tries.size()), count});
  std::int64_t* next = statistics.mutable_data();
  for (const graph::NullStatistics& row : found.statistics) next = std::copy(row.begin(), row.end(), next);
  return py::make_tuple(to_array(std::move(observed)), std::move(statistics), to_array(std::move(found.accepted)));
}

}  // namespace

void register_null_models(py::module_& module) {
  module.def("rewire", &rewire, py::arg("graph"), py::arg("preserve"), py::arg("tries"), py::arg("key"),
             "(Digraph, accepted tries) at the end of chain 0 of the key.");
  module.def("null_samples", &null_samples, py::arg("graph"), py::arg("preserve"), py::arg("checkpoints").noconvert(),
             py::arg("first_chain"), py::arg("chains"), py::arg("key"), py::arg("threads"),
             "(observed int64 [25], statistics int64 [chains, checkpoints, 25], accepted tries int64 [chains]). "
             "Checkpoints: uint64 numbers of tries. threads 0: all cores.");
}

}  // namespace pybench::bindings
