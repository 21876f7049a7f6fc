#include "draft/pair_flow.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace pybench::draft {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

struct Flow {
  std::size_t count;
  std::vector<double> given;  // mass of pair {i, j} that is with i
  std::vector<double> spare;  // of each token: what it has beyond its room, or, negative, what it could still use

  // Moves mass along one shortest path from a token with too much to one with room; false where there is no path.
  bool move_once() {
    std::vector<std::size_t> before(count, none), queue;
    for (std::size_t token = 0; token < count; ++token) {
      if (spare[token] > 0.0) {
        before[token] = token;
        queue.push_back(token);
      }
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const std::size_t from = queue[head];
      for (std::size_t to = 0; to < count; ++to) {
        if (before[to] != none || !(given[from * count + to] > 0.0)) continue;
        before[to] = from;
        if (spare[to] < 0.0) {
          move_along(before, to);
          return true;
        }
        queue.push_back(to);
      }
    }
    return false;
  }

  void move_along(const std::vector<std::size_t>& before, std::size_t end) {
    double moved = -spare[end];
    std::size_t token = end;
    for (; before[token] != token; token = before[token]) moved = std::min(moved, given[before[token] * count + token]);
    moved = std::min(moved, spare[token]);
    spare[token] -= moved;
    spare[end] += moved;
    for (token = end; before[token] != token; token = before[token]) {
      given[before[token] * count + token] -= moved;
      given[token * count + before[token]] += moved;
    }
  }
};

}  // namespace

std::vector<double> split_pairs(std::span<const double> mass, std::span<const double> room) {
  const std::size_t count = room.size();
  Flow flow{count, std::vector<double>(count * count, 0.0), std::vector<double>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    flow.spare[i] = -room[i];
    for (std::size_t j = i + 1; j < count; ++j) flow.spare[i] += flow.given[i * count + j] = mass[i * count + j];
  }
  // Every move empties a pair, a token's excess or its room, and paths never get shorter: it ends.
  while (flow.move_once()) {
  }
  std::vector<double> share(count * count, 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      const double whole = mass[i * count + j];
      share[i * count + j] = whole > 0.0 ? std::clamp(flow.given[i * count + j] / whole, 0.0, 1.0) : 1.0;
      share[j * count + i] = 1.0 - share[i * count + j];
    }
  }
  return share;
}

}  // namespace pybench::draft
