// The online pacer for Python. Calls are short: they keep the GIL, and the pacer's own mutex makes them take turns where
// there is none.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <pybind11/stl.h>

#include "auction/pacer.hpp"
#include "bindings/common.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

using auction::DescentSettings;
using auction::PacerState;
using auction::PlanCursor;

using Cursor = std::variant<PlanCursor<float>, PlanCursor<double>>;

struct CursorHandle {
  Cursor cursor;
};

template <typename Real>
CursorHandle plan_of_steps(const Array<Real>& target_spend) {
  return {PlanCursor<Real>::of_steps(as_span(target_spend))};
}

CursorHandle plan_of_times(const Array<double>& edges, const Array<double>& planned_spend) {
  return {PlanCursor<double>::of_times(as_span(edges), as_span(planned_spend))};
}

DescentSettings settings_of(double step_size, double initial_multiplier, double log_initial_multiplier,
                            double max_multiplier, bool entropy, bool first_price) {
  auction::Rule rule;
  if (entropy) rule.regulariser = auction::Regulariser::entropy;
  if (first_price) rule.auction = auction::AuctionKind::first_price;
  return {step_size, initial_multiplier, log_initial_multiplier, max_multiplier, rule};
}

py::dict to_dict(const PacerState& state) {
  py::list outstanding;
  for (const auction::OutstandingBid& bid : state.outstanding) {
    py::dict entry;
    entry["ticket"] = bid.ticket;
    entry["value"] = bid.value;
    entry["price"] = bid.price;
    entry["cost"] = bid.cost;
    entry["time"] = bid.time;
    entry["placed"] = bid.placed;
    outstanding.append(std::move(entry));
  }
  py::dict dict;
  dict["budget"] = state.budget;
  dict["step_size"] = state.settings.step_size;
  dict["initial_multiplier"] = state.settings.initial_multiplier;
  dict["max_multiplier"] = state.settings.max_multiplier;
  dict["regulariser"] = state.settings.rule.regulariser == auction::Regulariser::entropy ? "entropy" : "euclidean";
  dict["auction"] = state.settings.rule.auction == auction::AuctionKind::first_price ? "first_price" : "second_price";
  dict["steps"] = state.steps;
  dict["wins"] = state.wins;
  dict["gap"] = state.sums.gap;
  dict["utility"] = state.sums.utility;
  dict["block_steps"] = state.sums.block_steps;
  dict["block_paid"] = state.sums.block_paid;
  dict["block_planned"] = state.sums.block_planned;
  dict["block_utility"] = state.sums.block_utility;
  dict["spend"] = state.spend;
  dict["block_spend"] = state.block_spend;
  dict["plan_step"] = state.position.step;
  dict["plan_time"] = state.position.time;
  dict["plan_planned"] = state.position.planned;
  dict["plan_scale"] = state.position.scale;
  dict["outstanding"] = std::move(outstanding);
  return dict;
}

// The front door has checked that every entry is there and of its type.
PacerState from_dict(const py::dict& dict, const DescentSettings& settings) {
  const auto number = [&](const char* name) { return dict[name].cast<double>(); };
  const auto count = [&](const char* name) { return dict[name].cast<std::int64_t>(); };
  PacerState state;
  state.budget = number("budget");
  state.settings = settings;
  state.sums = {number("gap"),         number("utility"),       count("block_steps"),
                number("block_paid"), number("block_planned"), number("block_utility")};
  state.spend = number("spend");
  state.block_spend = number("block_spend");
  state.steps = count("steps");
  state.wins = count("wins");
  state.position = {count("plan_step"), dict["plan_time"].cast<std::optional<double>>(), number("plan_planned"),
                    number("plan_scale")};
  for (const py::handle entry : dict["outstanding"]) {
    const auto bid = entry.cast<py::dict>();
    state.outstanding.push_back({bid["ticket"].cast<std::int64_t>(), bid["value"].cast<double>(),
                                 bid["price"].cast<double>(), bid["cost"].cast<double>(), bid["time"].cast<double>(),
                                 bid["placed"].cast<bool>()});
  }
  return state;
}

class PacerHandle {
 public:
  PacerHandle(const CursorHandle& plan, double budget, const DescentSettings& settings)
      : pacer_(std::visit([&](const auto& cursor) { return make(cursor, budget, settings); }, plan.cursor)) {}
  PacerHandle(const CursorHandle& plan, const PacerState& state)
      : pacer_(std::visit([&](const auto& cursor) { return make(cursor, state); }, plan.cursor)) {}

  template <typename Call>
  auto with(Call&& call) const {
    return std::visit([&](const auto& pacer) { return call(*pacer); }, pacer_);
  }

  // The plan, if any, is of the pacer's dtype: the front door has seen to it.
  void set_budget(double budget, const CursorHandle* plan, std::optional<double> initial_multiplier,
                  double log_initial_multiplier) const {
    std::visit(
        [&]<typename Real>(const std::unique_ptr<auction::Pacer<Real>>& pacer) {
          std::optional<PlanCursor<Real>> cursor;
          if (plan != nullptr) cursor = std::get<PlanCursor<Real>>(plan->cursor);
          pacer->set_budget(budget, std::move(cursor), initial_multiplier, log_initial_multiplier);
        },
        pacer_);
  }

 private:
  using Variant = std::variant<std::unique_ptr<auction::Pacer<float>>, std::unique_ptr<auction::Pacer<double>>>;

  template <typename Real, typename... Arguments>
  static Variant make(const PlanCursor<Real>& cursor, const Arguments&... arguments) {
    return std::make_unique<auction::Pacer<Real>>(cursor, arguments...);
  }

  Variant pacer_;
};

}  // namespace

void register_auction_pacer(py::module_& module) {
  py::class_<CursorHandle>(module, "PlanCursor");
  module.def("plan_of_steps", &plan_of_steps<float>, py::arg("target_spend").noconvert(), "A plan of targets [T].");
  module.def("plan_of_steps", &plan_of_steps<double>, py::arg("target_spend").noconvert(), "A plan of targets [T].");
  module.def("plan_of_times", &plan_of_times, py::arg("edges").noconvert(), py::arg("planned_spend").noconvert(),
             "A plan of segments: edges [K + 1], planned_spend [K].");
  py::class_<PacerHandle> pacer(module, "Pacer");
  pacer
      .def(py::init([](const CursorHandle& plan, double budget, double step_size, double initial_multiplier,
                       double log_initial_multiplier, double max_multiplier, bool entropy, bool first_price) {
             return std::make_unique<PacerHandle>(plan, budget,
                                                  settings_of(step_size, initial_multiplier, log_initial_multiplier,
                                                              max_multiplier, entropy, first_price));
           }),
           py::arg("plan"), py::arg("budget"), py::arg("step_size"), py::arg("initial_multiplier"),
           py::arg("log_initial_multiplier"), py::arg("max_multiplier"), py::arg("entropy"), py::arg("first_price"))
      .def_static(
          "restore",
          [](const CursorHandle& plan, const py::dict& state, double log_initial_multiplier) {
            const auto settings = settings_of(
                state["step_size"].cast<double>(), state["initial_multiplier"].cast<double>(), log_initial_multiplier,
                state["max_multiplier"].cast<double>(), state["regulariser"].cast<std::string>() == "entropy",
                state["auction"].cast<std::string>() == "first_price");
            return std::make_unique<PacerHandle>(plan, from_dict(state, settings));
          },
          py::arg("plan"), py::arg("state"), py::arg("log_initial_multiplier"))
      .def(
          "bid",
          [](const PacerHandle& self, double value, std::optional<double> time) {
            const auction::PacerBid bid = self.with([&](auto& each) { return each.bid(value, time); });
            return py::make_tuple(bid.price, bid.ticket, bid.placed);
          },
          py::arg("value"), py::arg("time"), "(price, ticket, placed).")
      .def(
          "observe",
          [](const PacerHandle& self, std::optional<double> price, bool won, std::optional<std::int64_t> ticket) {
            self.with([&](auto& each) { each.observe(price, won, ticket); });
          },
          py::arg("price"), py::arg("won").noconvert(), py::arg("ticket"))
      .def(
          "expire",
          [](const PacerHandle& self, double before) { return self.with([&](auto& each) { return each.expire(before); }); },
          py::arg("before"))
      .def("set_budget", &PacerHandle::set_budget, py::arg("budget"), py::arg("plan").none(true),
           py::arg("initial_multiplier"), py::arg("log_initial_multiplier"))
      .def("state", [](const PacerHandle& self) { return to_dict(self.with([](auto& each) { return each.state(); })); });
  const auto property = [&](const char* name, auto read) {
    pacer.def_property_readonly(name, [read](const PacerHandle& self) { return self.with(read); });
  };
  property("budget", [](auto& each) { return each.budget(); });
  property("spend", [](auto& each) { return each.spend(); });
  property("reserved", [](auto& each) { return each.reserved(); });
  property("multiplier", [](auto& each) { return each.multiplier(); });
  property("utility", [](auto& each) { return each.utility(); });
  property("wins", [](auto& each) { return each.wins(); });
  property("steps", [](auto& each) { return each.steps(); });
  property("outstanding", [](auto& each) { return each.outstanding(); });
}

}  // namespace pybench::bindings
