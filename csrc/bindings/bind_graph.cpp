// Digraph and the graph kernels for Python. The GIL is released around every loop, and around every wait for the lock
// of a Digraph: a thread that builds its adjacency takes the GIL to look for signals.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "bindings/common.hpp"
#include "core/cancel.hpp"
#include "graph/bow_tie.hpp"
#include "graph/components.hpp"
#include "graph/digraph.hpp"
#include "graph/rmat.hpp"
#include "graph/triad_census.hpp"
#include "graph/types.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

using graph::Digraph;
using graph::Node;
using Ids = py::array_t<std::int32_t>;

// Ids are below 2^30, so int32 reads them alike; the signed and unsigned forms of one type may alias.
std::span<Node> as_nodes(Ids& ids) {
  return {reinterpret_cast<Node*>(ids.mutable_data()), static_cast<std::size_t>(ids.size())};
}

template <typename Id>
std::unique_ptr<Digraph> make_digraph(const Array<Id>& source, const Array<Id>& target, std::int64_t node_count) {
  const std::span<const Id> sources = as_span(source);
  const std::span<const Id> targets = as_span(target);
  const py::gil_scoped_release released;
  return std::make_unique<Digraph>(sources, targets, node_count);
}

template <typename... Id>
void define_constructors(py::class_<Digraph>& digraph) {
  // noconvert: the front door converts, knowingly; nothing is copied or cast here.
  (digraph.def(py::init(&make_digraph<Id>), py::arg("source").noconvert(), py::arg("target").noconvert(),
               py::arg("node_count")),
   ...);
}

std::int64_t count_distinct(const Digraph& digraph) {
  return run_released([&](CancelToken& cancel) { return digraph.link_count(cancel); });
}

std::int64_t count_duplicates(const Digraph& digraph) {
  const std::int64_t distinct = count_distinct(digraph);
  return digraph.links().size() - digraph.loop_count() - distinct;
}

py::tuple distinct_links(const Digraph& digraph) {
  const graph::Adjacency& successors =
      *run_released([&](CancelToken& cancel) { return &digraph.successors(cancel); });
  const auto size = static_cast<py::ssize_t>(successors.neighbours.size());
  Ids source(size);
  Ids target(size);
  const std::span<Node> sources = as_nodes(source);
  const std::span<Node> targets = as_nodes(target);
  {
    const py::gil_scoped_release released;
    for (std::int64_t node = 0; node < digraph.node_count(); ++node) {
      const auto begin = static_cast<std::size_t>(successors.offsets[static_cast<std::size_t>(node)]);
      const auto end = static_cast<std::size_t>(successors.offsets[static_cast<std::size_t>(node) + 1]);
      std::ranges::fill(sources.subspan(begin, end - begin), static_cast<Node>(node));
    }
    std::ranges::copy(successors.neighbours, targets.begin());
  }
  return py::make_tuple(std::move(source), std::move(target));
}

py::int_ to_python(graph::WideCount count) {
  const py::int_ high(static_cast<std::uint64_t>(count >> 64));
  const py::int_ low(static_cast<std::uint64_t>(count));
  return py::int_((high << py::int_(64)) | low);
}

py::tuple triad_census(const Digraph& digraph, bool by_node, int threads) {
  graph::TriadCensus census = run_released(
      [&](CancelToken& cancel) { return graph::triad_census(digraph.links(), by_node, threads, cancel); });
  py::list counts;
  for (const graph::WideCount count : census.counts) counts.append(to_python(count));
  if (!by_node) return py::make_tuple(std::move(counts), py::none());
  const auto rows = static_cast<py::ssize_t>(digraph.node_count());
  return py::make_tuple(std::move(counts), to_array(std::move(census.by_node), {rows, graph::triad_class_count}));
}

using FindComponents = graph::Components (*)(const graph::Links&, CancelToken&);

template <FindComponents find>
py::tuple components(const Digraph& digraph) {
  graph::Components found = run_released([&](CancelToken& cancel) { return find(digraph.links(), cancel); });
  return py::make_tuple(to_array(std::move(found.labels)), to_array(std::move(found.sizes)));
}

py::tuple bow_tie(const Digraph& digraph) {
  graph::BowTie found = run_released([&](CancelToken& cancel) { return graph::bow_tie(digraph, cancel); });
  py::list counts;
  for (const std::int64_t count : found.counts) counts.append(count);
  return py::make_tuple(to_array(std::move(found.position)), std::move(counts));
}

py::tuple rmat(int scale, std::int64_t link_count, std::uint64_t key, int threads) {
  Ids source(static_cast<py::ssize_t>(link_count));
  Ids target(static_cast<py::ssize_t>(link_count));
  const std::span<Node> sources = as_nodes(source);
  const std::span<Node> targets = as_nodes(target);
  run_released([&](CancelToken& cancel) { graph::rmat(scale, key, sources, targets, threads, cancel); });
  return py::make_tuple(std::move(source), std::move(target));
}

}  // namespace

void register_graph(py::module_& module) {
  py::class_<Digraph> digraph(module, "Digraph", "A checked, immutable copy of the links of a directed graph.");
  define_constructors<std::int64_t, std::int32_t, std::uint32_t, std::uint64_t, std::int16_t, std::uint16_t, std::int8_t,
                      std::uint8_t>(digraph);
  digraph.def_property_readonly("node_count", &Digraph::node_count, "Number of nodes.")
      .def_property_readonly("link_count", &count_distinct, "Distinct links that are no loops.")
      .def_property_readonly("loop_count", &Digraph::loop_count, "Given links from a node to itself.")
      .def_property_readonly("duplicate_count", &count_duplicates, "Given links that repeat another and are no loops.")
      .def("links", &distinct_links,
           "The distinct links that are no loops: (source, target), int32, ordered by source and then target.");

  module.def("triad_census", &triad_census, py::arg("graph"), py::arg("by_node"), py::arg("threads"),
             "(16 exact counts in M-A-N order, int64 [node_count, 16] or None). threads 0: all cores.");
  module.def("strong_components", &components<&graph::strong_components>, py::arg("graph"),
             "(labels int32 [node_count], sizes int64 [components]), largest first.");
  module.def("weak_components", &components<&graph::weak_components>, py::arg("graph"),
             "(labels int32 [node_count], sizes int64 [components]), largest first.");
  module.def("bow_tie", &bow_tie, py::arg("graph"), "(position uint8 [node_count], count of each position).");
  module.def("rmat", &rmat, py::arg("scale"), py::arg("link_count"), py::arg("key"), py::arg("threads"),
             "(source, target), int32 [link_count], of an R-MAT graph of 2^scale nodes. threads 0: all cores.");
}

}  // namespace pybench::bindings
