// Long loops of the triad census that stop when the caller asks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/cancel.hpp"
#include "core/parallel_for.hpp"
#include "core/scratch.hpp"
#include "core/thread_team.hpp"
#include "graph/counting_sort.hpp"

namespace pybench::graph {

// Steps between two looks at the cancel token: milliseconds of work.
inline constexpr std::int64_t steps_per_check = std::int64_t{1} << 17;

// For loops over a worker's own share of the work.
inline void stop_if_asked(CancelToken& cancel, int thread) {
  if (thread == 0) cancel.poll();
  if (cancel.requested()) throw Cancelled();
}

// Body(index) in ascending order, on this thread, which is the one that entered the kernel.
template <typename Body>
void each_in_order(std::size_t count, CancelToken& cancel, Body&& body) {
  in_strides(count, cancel, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) body(i);
  });
}

// Every worker has one share of [0, count): start(worker, thread), then step(worker, begin, end) for the share in steps,
// between which a stop is possible.
template <typename Start, typename Step>
void for_each_share(ThreadTeam& team, int workers, std::int64_t count, CancelToken& cancel, Start&& start, Step&& step) {
  parallel_for(team, workers, 1, cancel, [&](std::int64_t share, std::int64_t, int thread) {
    const auto worker = static_cast<std::size_t>(share);
    const std::int64_t end = count * (share + 1) / workers;
    start(worker, thread);
    for (std::int64_t begin = count * share / workers; begin < end; begin += steps_per_check) {
      stop_if_asked(cancel, thread);
      step(worker, static_cast<std::size_t>(begin), static_cast<std::size_t>(std::min(end, begin + steps_per_check)));
    }
  });
}

template <typename T>
void fill_array(Scratch<T>& array, const T& value, CancelToken& cancel, int thread) {
  constexpr auto step = static_cast<std::size_t>(steps_per_check);
  for (std::size_t begin = 0; begin < array.size(); begin += step) {
    stop_if_asked(cancel, thread);
    std::fill_n(array.data() + begin, std::min(step, array.size() - begin), value);
  }
}

template <typename T>
Scratch<T> filled_array(std::size_t size, const T& value, CancelToken& cancel, int thread) {
  Scratch<T> array(size);
  fill_array(array, value, cancel, thread);
  return array;
}

// One array a worker, for each to fill. Made here, by the entering thread, because its allocator keeps memory from call
// to call, where that of a thread that ends gives it back and every page is faulted in anew.
template <typename T>
std::vector<Scratch<T>> arrays_for_workers(int workers, std::size_t size) {
  std::vector<Scratch<T>> arrays;
  for (int worker = 0; worker < workers; ++worker) arrays.emplace_back(size);
  return arrays;
}

}  // namespace pybench::graph
