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
static_assert(batch_tries % reversal_period == 0);

// What the tries of a batch draw. Even tries use the first two words of a block, odd ones the last two.
struct Draws {
  std::array<std::array<std::uint32_t, batch_blocks>, 4> words;
  std::array<std::uint32_t, batch_tries> first;   // slot; for a reversal no_slot where the word was uneven
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
  std::uint64_t key, stream;
  std::uint64_t tries, accepted;
  bool table_full = false;
};

// The place of a node among slots [begin, end), or end.
inline std::uint32_t find_in_row(const Node* target, std::uint32_t begin, std::uint32_t end, Node node) noexcept {
  return static_cast<std::uint32_t>(std::find(target + begin, target + end, node) - target);
}

inline bool row_has(const State& state, Node from, Node to) noexcept {
  const std::uint32_t end = state.row_begin[from + 1];
  return find_in_row(state.target, state.row_begin[from], end, to) != end;
}

// What may not be there twice: links.
struct LinkRule {
  static constexpr bool directed = true;

  static TablePlace place(const State& state, Node a, Node b) noexcept { return state.layout.place(a, b); }
  static bool in_rows(const State& state, Node a, Node b) noexcept { return row_has(state, a, b); }

  static void move(State& state, std::uint32_t i, std::uint32_t j, Node b, Node d) noexcept {
    state.target[i] = d;
    state.target[j] = b;
  }
};

// Dyads.
struct DyadRule {
  static constexpr bool directed = false;

  static TablePlace place(const State& state, Node a, Node b) noexcept {
    return state.layout.place(std::min(a, b), std::max(a, b));
  }
  static bool in_rows(const State& state, Node a, Node b) noexcept {
    const std::uint32_t end = state.halves_begin[a + 1];
    return row_has(state, a, b) || row_has(state, b, a) ||
           find_in_row(state.target, state.halves_begin[a], end, b) != end;
  }

  static void move(State& state, std::uint32_t i, std::uint32_t j, Node b, Node d) noexcept {
    state.target[i] = d;
    state.target[j] = b;
    if (i < state.link_slots) return;
    const std::uint32_t first = i - state.link_slots;
    const std::uint32_t second = j - state.link_slots;
    const std::uint32_t first_twin = state.twin[first];
    const std::uint32_t second_twin = state.twin[second];
    state.target[state.link_slots + first_twin] = state.source[j];
    state.target[state.link_slots + second_twin] = state.source[i];
    state.twin[first] = second_twin;
    state.twin[second_twin] = first;
    state.twin[second] = first_twin;
    state.twin[first_twin] = second;
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

Links NullChain::links() const noexcept {
  return {{model_.source.data(), model_.slots()}, target_.first(target_.size()), model_.node_count,
          model_.half_slots == 0};
}

}  // namespace pybench::graph
