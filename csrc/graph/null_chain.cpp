#include "graph/null_chain.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/philox.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::graph {
namespace {

// Tries are drawn together: wide code makes their random words, and memory that they will need is asked for before the
// first of them is made. They are made one after the other.
constexpr std::size_t batch_tries = 64;
constexpr std::size_t batch_blocks = batch_tries / 2;  // of four words, so two tries a block
static_assert(batch_tries % turn_period == 0);

// What the tries of a batch draw. Even tries use the first two words of a block, odd ones the last two.
struct Draws {
  std::array<std::array<std::uint32_t, batch_blocks>, 4> words;
  std::array<std::uint32_t, batch_tries> first;   // slot; for a turn no_slot where the word was uneven
  std::array<std::uint32_t, batch_tries> second;  // slot, the same as the first where a word was uneven
};
constexpr std::uint32_t no_slot = ~0U;

struct Bound {
  explicit Bound(std::uint32_t count) noexcept
      : value(count), uneven(count == 0 ? 0 : static_cast<std::uint32_t>((std::uint64_t{1} << 32) % count)) {}
  std::uint32_t value;
  std::uint32_t uneven;  // words that are left over when every index below the bound gets the same number
};

struct Index {
  std::uint32_t value;
  bool even;  // its word is none of those
};

inline Index index_below(std::uint32_t word, Bound bound) noexcept {
  const std::uint64_t product = std::uint64_t{word} * bound.value;
  return {static_cast<std::uint32_t>(product >> 32), static_cast<std::uint32_t>(product) >= bound.uneven};
}

// The chain while it runs.
struct State {
  const Node* source;
  Node* target;
  std::uint32_t* twin;
  std::uint16_t* table;
  TableLayout layout;
  bool exact;  // the table
  const std::uint32_t* row_begin;
  const std::uint32_t* halves_begin;
  std::uint32_t link_slots;
  Bound all, links, halves;
  std::uint64_t key, stream;  // of the chain; the third word of a turn is in that stream plus turn_streams
  std::uint64_t tries, accepted;
  bool table_full = false;
};

// The place of a node among slots [begin, end), or end.
inline std::uint32_t find_in_row(const Node* target, std::uint32_t begin, std::uint32_t end, Node node) noexcept {
  return static_cast<std::uint32_t>(std::find(target + begin, target + end, node) - target);
}

// What the table's "probably" turns out to be, for the pairs that a switch would make.
enum class Occupied { no, yes, settled };  // settled: the try did something else, and is accepted

// What may not be there twice: links.
struct LinkRule {
  static constexpr bool dyads = false;

  static TablePlace place(const State& state, Node a, Node b) noexcept { return state.layout.place(a, b); }

  static bool has(const State& state, Node a, Node b) noexcept {
    const std::uint32_t end = state.row_begin[a + 1];
    return find_in_row(state.target, state.row_begin[a], end, b) != end;
  }
  static Occupied occupied(State& state, std::uint32_t i, std::uint32_t j, bool maybe_ad, bool maybe_cb) noexcept {
    if (state.exact) return Occupied::yes;
    const Node a = state.source[i], b = state.target[i], c = state.source[j], d = state.target[j];
    return (maybe_ad && has(state, a, d)) || (maybe_cb && has(state, c, b)) ? Occupied::yes : Occupied::no;
  }
  static void move(State& state, std::uint32_t i, std::uint32_t j, Node b, Node d) noexcept {
    state.target[i] = d;
    state.target[j] = b;
  }
};

// Dyads.
struct DyadRule {
  static constexpr bool dyads = true;

  static TablePlace place(const State& state, Node a, Node b) noexcept {
    return state.layout.place(std::min(a, b), std::max(a, b));
  }

  // The state of a dyad as its first node sees it, and a slot: of the link, or of the half in the first node's row.
  enum class Kind { none, out, in, mutual };
  struct Dyad {
    Kind kind;
    std::uint32_t slot;
  };
  static Dyad find(const State& state, Node a, Node b) noexcept {
    const auto in_row = [&](const std::uint32_t* begin, Node from, Node to, Kind kind) {
      const std::uint32_t slot = find_in_row(state.target, begin[from], begin[from + 1], to);
      return Dyad{slot == begin[from + 1] ? Kind::none : kind, slot};
    };
    Dyad dyad = in_row(state.row_begin, a, b, Kind::out);
    if (dyad.kind == Kind::none) dyad = in_row(state.row_begin, b, a, Kind::in);
    if (dyad.kind == Kind::none) dyad = in_row(state.halves_begin, a, b, Kind::mutual);
    return dyad;
  }

  // Halves stand for one dyad: each in its row, with the source of the other as its target.
  static void join(State& state, std::uint32_t one, std::uint32_t other) noexcept {
    state.target[one] = state.source[other];
    state.target[other] = state.source[one];
    state.twin[one - state.link_slots] = other - state.link_slots;
    state.twin[other - state.link_slots] = one - state.link_slots;
  }
  static std::uint32_t twin_of(const State& state, std::uint32_t half) noexcept {
    return state.link_slots + state.twin[half - state.link_slots];
  }

  // Links a->b, c->d change their state with two other dyads {a, d}, {c, b} where those are both mutual, or both links
  // of a cycle a->b->c->d->a. All four stay occupied.
  static Occupied occupied(State& state, std::uint32_t i, std::uint32_t j, bool maybe_ad, bool maybe_cb) noexcept {
    if (state.exact && !(maybe_ad && maybe_cb)) return Occupied::yes;
    const Node a = state.source[i], b = state.target[i], c = state.source[j], d = state.target[j];
    const Dyad ad = find(state, a, d);
    const Dyad cb = find(state, c, b);
    if (ad.kind != cb.kind) return Occupied::yes;
    if (ad.kind == Kind::none) return Occupied::no;
    if (i >= state.link_slots || ad.kind == Kind::out) return Occupied::yes;
    state.target[i] = d;
    state.target[j] = b;
    if (ad.kind == Kind::in) {
      state.target[ad.slot] = c;
      state.target[cb.slot] = a;
    } else {
      const std::uint32_t of_d = twin_of(state, ad.slot);
      const std::uint32_t of_b = twin_of(state, cb.slot);
      join(state, ad.slot, of_b);
      join(state, cb.slot, of_d);
    }
    return Occupied::settled;
  }

  static void move(State& state, std::uint32_t i, std::uint32_t j, Node b, Node d) noexcept {
    if (i < state.link_slots) {
      state.target[i] = d;
      state.target[j] = b;
    } else {
      const std::uint32_t of_b = twin_of(state, i);
      const std::uint32_t of_d = twin_of(state, j);
      join(state, i, of_d);
      join(state, j, of_b);
    }
  }
};

namespace portable {
struct Lines {
#if PYBENCH_X86  // SSE2, which every one of them has
  static std::uint64_t equal(const std::uint16_t* line, std::uint16_t tag) noexcept {
    const __m128i wanted = _mm_set1_epi16(static_cast<short>(tag));
    const auto* const quarter = reinterpret_cast<const __m128i*>(line);
    const auto equal_16 = [&](int first) {
      const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(quarter + first), wanted);
      const __m128i high = _mm_cmpeq_epi16(_mm_load_si128(quarter + first + 1), wanted);
      return static_cast<std::uint64_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
    };
    return equal_16(0) | equal_16(2) << 16;
  }
#else
  static std::uint64_t equal(const std::uint16_t* line, std::uint16_t tag) noexcept {
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < line_tags; ++k) bits |= static_cast<std::uint64_t>(line[k] == tag) << k;
    return bits;
  }
#endif
  static int slot(std::uint64_t bits) noexcept { return std::countr_zero(bits); }
};
#include "graph/null_chain_run.inl"
}  // namespace portable

#if PYBENCH_X86
PYBENCH_BEGIN_AVX2
namespace avx2 {
struct Lines {
  static std::uint64_t equal(const std::uint16_t* line, std::uint16_t tag) noexcept {
    const __m256i wanted = _mm256_set1_epi16(static_cast<short>(tag));
    const auto* const halves = reinterpret_cast<const __m256i*>(line);
    const int low = _mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_load_si256(halves), wanted));
    const int high = _mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_load_si256(halves + 1), wanted));
    return std::uint64_t{static_cast<std::uint32_t>(high)} << 32 | static_cast<std::uint32_t>(low);
  }
  static int slot(std::uint64_t bits) noexcept { return std::countr_zero(bits) / 2; }  // a tag has two bytes
};
#include "graph/null_chain_run.inl"
}  // namespace avx2
PYBENCH_END_WIDE

PYBENCH_BEGIN_AVX512
namespace avx512 {
struct Lines {
  static std::uint64_t equal(const std::uint16_t* line, std::uint16_t tag) noexcept {
    return _mm512_cmpeq_epi16_mask(_mm512_load_si512(line), _mm512_set1_epi16(static_cast<short>(tag)));
  }
  static int slot(std::uint64_t bits) noexcept { return std::countr_zero(bits); }
};
#include "graph/null_chain_run.inl"
}  // namespace avx512
PYBENCH_END_WIDE
#endif

template <typename Rule>
void run_on(SimdPath path, State& state, std::uint64_t stop, bool ask) {
  switch (path) {
#if PYBENCH_X86
    case SimdPath::avx512:
      return avx512::run(state, stop, ask, Rule());
    case SimdPath::avx2:
      return avx2::run(state, stop, ask, Rule());
#endif
    default:
      return portable::run(state, stop, ask, Rule());
  }
}

// Some milliseconds.
constexpr std::uint64_t tries_per_check = std::uint64_t{1} << 16;

// What a chain moves about in, above which it waits for memory.
constexpr std::size_t cached_bytes = std::size_t{1} << 20;

}  // namespace

NullChain::NullChain(const NullModel& model)
    : model_(model), path_(active_simd_path()), target_(model.slots()), twin_(model.half_slots) {
  restart(0, 0);
}

void NullChain::restart(std::uint64_t key, std::uint64_t index) {
  std::copy_n(model_.target.data(), target_.size(), target_.data());
  std::copy_n(model_.twin.data(), twin_.size(), twin_.data());
  layout_ = model_.layout;
  if (table_.size() != model_.table.size()) table_ = Scratch<std::uint16_t>(model_.table.size());
  std::copy_n(model_.table.data(), table_.size(), table_.data());
  key_ = key;
  stream_ = null_chain_streams + index;
  tries_ = accepted_ = 0;
}

void NullChain::advance_to(std::uint64_t tries, CancelToken& cancel) {
  if (model_.slots() == 0) tries_ = tries;  // nothing to try
  while (tries_ < tries) {
    cancel.check();
    State state{model_.source.data(),
                target_.data(),
                twin_.data(),
                table_.data(),
                layout_,
                layout_.exact(),
                model_.row_begin.data(),
                model_.halves_begin.data(),
                model_.link_slots,
                Bound(model_.slots()),
                Bound(model_.link_slots),
                Bound(model_.half_slots),
                key_,
                stream_,
                tries_,
                accepted_};
    const bool ask = 2 * table_.size() + 8 * target_.size() > cached_bytes;
    const std::uint64_t stop = std::min(tries, tries_ + tries_per_check);
    if (model_.preserve == Preserve::degree) {
      run_on<LinkRule>(path_, state, stop, ask);
    } else {
      run_on<DyadRule>(path_, state, stop, ask);
    }
    tries_ = state.tries;
    accepted_ = state.accepted;
    if (state.table_full) {
      layout_ = TableLayout(model_.node_count, layout_.line_bits + 1);
      fill_model_table(model_, target_.data(), layout_, table_);
    }
  }
}

Links NullChain::links() const noexcept { return model_.links_to(target_); }

}  // namespace pybench::graph
