// The giant component of a network without adjacency: sweeps over the links in the order they lie in memory.
//
// One node, the pivot, is guessed to lie in the giant component. A byte a node holds its marks, such as "the pivot
// reaches it"; a sweep carries the marks over every link. A link whose ends bear the right marks is settled: it can
// tell nothing new. On networks with a giant component a sweep or two settle nearly all links, at about a nanosecond
// each, where adjacency alone would cost a random write a link. What is not settled goes to a search that is always
// right; so the guess, and how far the marks came, decide the time and never the answer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/cancel.hpp"
#include "graph/counting_sort.hpp"
#include "core/scratch.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

using Mark = std::uint8_t;

// A node of the giant component, probably: of the ends of some links, the one most often both a source and a target.
// There must be a link.
Node choose_pivot(const Links& links);

// A rule has
//   static bool settled(Mark source, Mark target)
//   static void carry(Mark& source, Mark& target)      // marks are only ever added
template <typename Rule>
class LinkSweep {
 public:
  // spare: room for so many links more in source_kept and target_kept.
  LinkSweep(const Links& links, std::size_t spare)
      : mark(static_cast<std::size_t>(links.node_count)),
        links_(links),
        spare_(spare),
        unsifted_end_(links.source.size()) {}

  // One sweep over all links that are not settled yet. True when some mark was added.
  bool sweep(CancelToken& cancel) {
    bool added = resift(cancel);
    added |= backwards_ ? sift_backwards(cancel) : sift_forwards(cancel);
    backwards_ = !backwards_;
    return added;
  }

  // Links that no sweep has found settled.
  [[nodiscard]] std::size_t unsettled() const noexcept { return kept + unsifted().source.size(); }

  // Those of them that are still where the caller has them.
  [[nodiscard]] Links unsifted() const noexcept {
    const std::size_t count = unsifted_end_ - unsifted_begin_;
    return {links_.source.subspan(unsifted_begin_, count), links_.target.subspan(unsifted_begin_, count),
            links_.node_count, links_.sorted_by_source};
  }

  // Nodes that bear a mark.
  [[nodiscard]] std::size_t marked() const noexcept {
    return mark.size() - static_cast<std::size_t>(std::count(mark.begin(), mark.end(), Mark{0}));
  }

  // Copies the unsifted links to the kept ones, but for the settled ones.
  void gather(CancelToken& cancel) {
    in_strides(unsifted_end_ - unsifted_begin_, cancel, [&](std::size_t begin, std::size_t end) {
      keep(unsifted_begin_ + begin, unsifted_begin_ + end);
    });
    unsifted_begin_ = unsifted_end_;
  }

  std::vector<Mark> mark;  // of each node; the caller marks the pivot
  Scratch<Node> source_kept, target_kept;
  std::size_t kept = 0;  // the others: copies of links

 private:
  struct Tally {
    std::size_t kept = 0;  // not settled
    bool added = false;
  };

  // Links are looked at in batches, without a branch: one for each link would be mispredicted at every first link of a
  // node.
  static constexpr std::size_t batch = 32;

  // Bit i: link i is open, that is, not settled.
  static std::uint32_t open_links(const Node* source, const Node* target, std::size_t count, const Mark* mark) noexcept {
    std::uint32_t settled = 0;
    const auto look = [&](std::size_t i) {
      settled = 2 * settled + static_cast<std::uint32_t>(Rule::settled(mark[source[i]], mark[target[i]]));
    };
    if (count == batch) {  // eight a step, or counting to 32 would be a third of the work
      for (std::size_t end = batch; end > 0; end -= 8) {
        [&]<std::size_t... i>(std::index_sequence<i...>) { (look(end - 1 - i), ...); }(std::make_index_sequence<8>{});
      }
      return ~settled;
    }
    for (std::size_t i = count; i-- > 0;) look(i);
    return ~settled & ((std::uint32_t{1} << count) - 1);
  }

  // Carries the marks over an open link and gathers the bits that change. True when it is settled now. A byte may alias
  // anything in the eyes of the compiler, so this works on values alone.
  static bool carry(Mark* mark, Node source, Node target, Mark& changes) noexcept {
    const Mark old_source = mark[source];
    const Mark old_target = mark[target];
    Mark new_source = old_source;
    Mark new_target = old_target;
    Rule::carry(new_source, new_target);
    mark[source] = new_source;
    mark[target] = new_target;
    changes = static_cast<Mark>(changes | (old_source ^ new_source) | (old_target ^ new_target));
    return Rule::settled(new_source, new_target);
  }

  // Carries the marks over every link and counts those that stay open. For links most of which are open: no branch.
  // Links of one source often come in a row, so its marks stay in a register; they are written for each link, but a read
  // would wait for the write of the link before, and is led elsewhere.
  template <bool backwards>
  static Tally probe(const Node* source, const Node* target, std::size_t count, Mark* mark) noexcept {
    constexpr Mark elsewhere = 0;
    Mark changes = 0;
    std::size_t settled = 0;
    Node held = source[backwards ? count - 1 : 0];
    Mark held_mark = mark[held];
    for (std::size_t step = 0; step < count; ++step) {
      const std::size_t at = backwards ? count - 1 - step : step;
      const Node s = source[at];
      const Node t = target[at];
      const Mark* const place = s == held ? &elsewhere : &mark[s];
      const Mark read_mark = *place;
      const Mark old_source = s == held ? held_mark : read_mark;
      const Mark old_target = mark[t];
      Mark new_source = old_source;
      Mark new_target = old_target;
      Rule::carry(new_source, new_target);
      mark[t] = new_target;
      mark[s] = new_source;
      held = s;
      held_mark = new_source;
      changes = static_cast<Mark>(changes | (old_source ^ new_source) | (old_target ^ new_target));
      settled += static_cast<std::size_t>(Rule::settled(new_source, new_target));
    }
    return {count - settled, changes != 0};
  }

  // Carries the marks and writes the links that stay open to the output, which may overlap the links from below.
  static Tally sift(const Node* source, const Node* target, std::size_t count, Mark* mark, Node* source_out,
                    Node* target_out) noexcept {
    Mark changes = 0;
    std::size_t left = 0;
    for (std::size_t first = 0; first < count; first += batch) {
      const std::size_t size = std::min(batch, count - first);
      for (std::uint32_t open = open_links(source + first, target + first, size, mark); open != 0; open &= open - 1) {
        const std::size_t at = first + static_cast<std::size_t>(std::countr_zero(open));
        const Node s = source[at];
        const Node t = target[at];
        source_out[left] = s;
        target_out[left] = t;
        left += static_cast<std::size_t>(!carry(mark, s, t, changes));
      }
    }
    return {left, changes != 0};
  }

  // Appends what is not settled to the kept links.
  Tally keep(const Node* source, const Node* target, std::size_t count) {
    if (source_kept.size() == 0) {
      source_kept = Scratch<Node>(links_.source.size() + spare_, Touch::some);
      target_kept = Scratch<Node>(links_.source.size() + spare_, Touch::some);
    }
    const Tally tally = sift(source, target, count, mark.data(), source_kept.data() + kept, target_kept.data() + kept);
    kept += tally.kept;
    return tally;
  }

  Tally keep(std::size_t begin, std::size_t end) {
    return keep(links_.source.data() + begin, links_.target.data() + begin, end - begin);
  }

  template <bool backwards>
  Tally probe(std::size_t begin, std::size_t end) {
    return probe<backwards>(links_.source.data() + begin, links_.target.data() + begin, end - begin, mark.data());
  }

  // Once more over the kept ones.
  bool resift(CancelToken& cancel) {
    bool added = false;
    const std::size_t count = kept;
    kept = 0;
    in_strides(count, cancel, [&](std::size_t begin, std::size_t end) {
      added |= keep(source_kept.data() + begin, target_kept.data() + begin, end - begin).added;
    });
    return added;
  }

  // Copies cost, so links are only looked at until most of a stride is settled, and sifted from there on.
  static bool mostly_settled(const Tally& tally, std::size_t count) noexcept {
    return tally.kept <= count / 2;
  }

  [[nodiscard]] std::size_t stride() const noexcept {
    return std::clamp<std::size_t>(links_.source.size() / 64, batch, cancel_stride);
  }

  bool sift_forwards(CancelToken& cancel) {
    bool added = false;
    bool sifting = false;
    const std::size_t end = unsifted_end_;
    for (std::size_t at = unsifted_begin_; at < end; at += stride()) {
      cancel.check();
      const std::size_t next = std::min(end, at + stride());
      const Tally tally = sifting ? keep(at, next) : probe<false>(at, next);
      added |= tally.added;
      if (sifting) continue;
      unsifted_end_ = next;
      sifting = mostly_settled(tally, next - at);
    }
    return added;
  }

  // An order of the links that is slow one way (a sorted path, a grid) is fast the other way.
  bool sift_backwards(CancelToken& cancel) {
    bool added = false;
    bool sifting = false;
    const std::size_t begin = unsifted_begin_;
    for (std::size_t at = unsifted_end_; at > begin;) {
      cancel.check();
      const std::size_t next = at - std::min(at - begin, stride());
      const Tally tally = sifting ? keep(next, at) : probe<true>(next, at);
      added |= tally.added;
      if (!sifting) {
        unsifted_begin_ = next;
        sifting = mostly_settled(tally, at - next);
      }
      at = next;
    }
    return added;
  }

  Links links_;
  std::size_t spare_;
  std::size_t unsifted_begin_ = 0;
  std::size_t unsifted_end_;
  bool backwards_ = false;
};

}  // namespace pybench::graph
