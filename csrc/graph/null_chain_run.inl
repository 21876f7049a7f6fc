// The loop of a chain. Included once for each instruction set, inside a namespace of its own that has a class `Lines`:
//   static std::uint64_t equal(const std::uint16_t* line, std::uint16_t tag)   // a bit, or two, for each equal tag
//   static int slot(std::uint64_t bits)                                        // of the lowest bit

inline void draw_words(std::uint64_t key, std::uint64_t stream, std::uint64_t block, Draws& draws) noexcept {
  // Blocks of a batch differ in the low word alone, since their number is a multiple of batch_blocks.
  const PhiloxKey halves{{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
  const auto low = static_cast<std::uint32_t>(block);
  const auto high = static_cast<std::uint32_t>(block >> 32);
  const auto stream_low = static_cast<std::uint32_t>(stream);
  const auto stream_high = static_cast<std::uint32_t>(stream >> 32);
  for (std::uint32_t b = 0; b < batch_blocks; ++b) {
    const PhiloxBlock random = philox4x32_10(halves, {{low + b, high, stream_low, stream_high}});
    draws.words[0][b] = random.word[0];
    draws.words[1][b] = random.word[1];
    draws.words[2][b] = random.word[2];
    draws.words[3][b] = random.word[3];
  }
}

inline void draw_slots(const State& state, Draws& draws) noexcept {
  for (std::size_t parity = 0; parity < 2; ++parity) {
    const auto& firsts = draws.words[2 * parity];
    const auto& seconds = draws.words[2 * parity + 1];
    for (std::size_t b = 0; b < batch_blocks; ++b) {
      const Index first = index_below(firsts[b], state.all);
      const bool link = first.value < state.link_slots;
      const Index second = index_below(seconds[b], link ? state.links : state.halves);
      const bool even = first.even & second.even;
      draws.first[2 * b + parity] = first.value;
      draws.second[2 * b + parity] = even ? second.value + (link ? 0U : state.link_slots) : first.value;
    }
  }
  for (std::size_t t = 0; t < batch_tries; t += turn_period) {
    const Index first = index_below(draws.words[0][t / 2], state.all);
    draws.first[t] = first.even ? first.value : no_slot;
  }
}

// A pair that is asked for: where it stands in the table, and its tag there.
class Pair {
 public:
  template <typename Rule>
  static Pair of(const State& state, Node a, Node b, Rule) noexcept {
    const TablePlace place = Rule::place(state, a, b);
    return {state.table + place.line, place.tag};
  }
  std::uint64_t equal() const noexcept { return Lines::equal(line, tag); }
  void erase() const noexcept { line[Lines::slot(equal())] = 0; }
  void insert(State& state) const noexcept {
    const std::uint64_t free = Lines::equal(line, 0);
    if (free == 0) {
      state.table_full = true;
    } else {
      line[Lines::slot(free)] = tag;
    }
  }

  std::uint16_t* line;
  std::uint16_t tag;
};

// Links i: a->b and j: c->d become a->d and c->b. Returns whether they did.
template <typename Rule>
inline bool try_switch(State& state, std::uint32_t i, std::uint32_t j, Rule rule) noexcept {
  const Node a = state.source[i];
  const Node b = state.target[i];
  const Node c = state.source[j];
  const Node d = state.target[j];
  const Pair ad = Pair::of(state, a, d, rule);
  const Pair cb = Pair::of(state, c, b, rule);
  const bool shared = (a == c) | (b == d) | (a == d) | (c == b);
  const std::uint64_t maybe_ad = ad.equal();
  const std::uint64_t maybe_cb = cb.equal();
  if ((static_cast<std::uint64_t>(shared) | maybe_ad | maybe_cb) != 0) {
    if (shared) return false;
    const Occupied occupied = Rule::occupied(state, i, j, maybe_ad != 0, maybe_cb != 0);
    if (occupied != Occupied::no) return occupied == Occupied::settled;
  }
  Pair::of(state, a, b, rule).erase();
  Pair::of(state, c, d, rule).erase();
  ad.insert(state);
  cb.insert(state);
  Rule::move(state, i, j, b, d);
  return true;
}

// A successor of a node by 31 bits of lot; no_slot where there is none or the lot is one of those left over.
inline std::uint32_t draw_successor(const State& state, Node node, std::uint32_t lot) noexcept {
  constexpr int lot_bits = 31;
  const std::uint32_t row = state.row_begin[node];
  const std::uint32_t size = state.row_begin[node + 1] - row;
  if (size == 0) return no_slot;
  const std::uint64_t product = std::uint64_t{lot} * size;
  const auto left_over = static_cast<std::uint32_t>(product & ((1U << lot_bits) - 1));
  if (left_over < (1U << lot_bits) % size) return no_slot;
  return row + static_cast<std::uint32_t>(product >> lot_bits);
}

// The cycle i: a->b, j: b->c, c->a is turned round.
inline bool turn_cycle(State& state, std::uint32_t i, std::uint32_t j, LinkRule rule) noexcept {
  const Node a = state.source[i];
  const Node b = state.target[i];
  const Node c = state.target[j];
  if (!Pair::of(state, c, a, rule).equal()) return false;
  const std::uint32_t end = state.row_begin[c + 1];
  const std::uint32_t k = find_in_row(state.target, state.row_begin[c], end, a);
  if (k == end) return false;
  const std::array<std::array<Node, 2>, 3> turned{{{b, a}, {c, b}, {a, c}}};
  for (const auto& [from, to] : turned) {
    if (Pair::of(state, from, to, rule).equal() && LinkRule::has(state, from, to)) return false;
  }
  for (const auto& [from, to] : turned) Pair::of(state, to, from, rule).erase();
  for (const auto& [from, to] : turned) Pair::of(state, from, to, rule).insert(state);
  state.target[i] = c;
  state.target[j] = a;
  state.target[k] = b;
  return true;
}

// The path i: a->b, j: b->c, c->d becomes a->c->b->d, where {a, c} and {b, d} are both free or both mutual; these become
// what {a, b} and {c, d} are then. With d = a it is a cycle, which is turned round.
inline bool turn_path(State& state, std::uint32_t i, std::uint32_t j, DyadRule rule) noexcept {
  const Node a = state.source[i];
  const Node b = state.target[i];
  const Node c = state.target[j];
  const PhiloxBlock third = philox_block(state.key, state.stream + turn_streams, state.tries);
  const std::uint32_t k = draw_successor(state, c, third.word[0] >> 1);
  if (k == no_slot) return false;
  const Node d = state.target[k];
  if (d != a) {
    const auto ac = DyadRule::find(state, a, c);
    const auto bd = DyadRule::find(state, b, d);
    if (ac.kind != bd.kind || (ac.kind != DyadRule::Kind::none && ac.kind != DyadRule::Kind::mutual)) return false;
    if (ac.kind == DyadRule::Kind::mutual) {
      const std::uint32_t of_c = DyadRule::twin_of(state, ac.slot);
      const std::uint32_t of_d = DyadRule::twin_of(state, bd.slot);
      DyadRule::join(state, ac.slot, bd.slot);
      DyadRule::join(state, of_c, of_d);
    } else {
      Pair::of(state, a, b, rule).erase();
      Pair::of(state, c, d, rule).erase();
      Pair::of(state, a, c, rule).insert(state);
      Pair::of(state, b, d, rule).insert(state);
    }
  }
  state.target[i] = c;
  state.target[j] = d;
  state.target[k] = b;
  return true;
}

// Link i: a->b and a successor c of b: what the model can turn there is turned, every second time, by the word's lot.
template <typename Rule>
inline bool try_turn(State& state, std::uint32_t i, std::uint32_t word, Rule rule) noexcept {
  if (i >= state.link_slots || (word & 1) == 0) return false;
  const std::uint32_t j = draw_successor(state, state.target[i], word >> 1);
  if (j == no_slot || state.target[j] == state.source[i]) return false;
  if constexpr (Rule::dyads) {
    return turn_path(state, i, j, rule);
  } else {
    return turn_cycle(state, i, j, rule);
  }
}

// Asks for what the tries of a batch will look at, as far as it is known before any of them is made.
template <typename Rule>
inline void ask_for_memory(const State& state, const Draws& draws, Rule rule) noexcept {
  const auto each_try = [&](auto&& body) {
    for (std::size_t t = 0; t < batch_tries; ++t) {
      if (t % turn_period != 0) body(draws.first[t], draws.second[t]);
    }
  };
  each_try([&](std::uint32_t i, std::uint32_t j) {
    __builtin_prefetch(&state.source[i]);
    __builtin_prefetch(&state.target[i], 1);
    __builtin_prefetch(&state.source[j]);
    __builtin_prefetch(&state.target[j], 1);
  });
  each_try([&](std::uint32_t i, std::uint32_t j) {
    const Node a = state.source[i];
    const Node b = state.target[i];
    const Node c = state.source[j];
    const Node d = state.target[j];
    __builtin_prefetch(Pair::of(state, a, b, rule).line, 1);
    __builtin_prefetch(Pair::of(state, c, d, rule).line, 1);
    __builtin_prefetch(Pair::of(state, a, d, rule).line, 1);
    __builtin_prefetch(Pair::of(state, c, b, rule).line, 1);
  });
}

// Makes tries up to number `stop`, or until the table is full: the links are right then, and the table is not.
template <typename Rule>
void run(State& state_of_chain, std::uint64_t stop, bool ask, Rule rule) noexcept {
  State state = state_of_chain;  // in registers: no pointer to it is left
  Draws draws;
  while (state.tries < stop && !state.table_full) {
    const std::uint64_t begin = state.tries / batch_tries * batch_tries;
    draw_words(state.key, state.stream, begin / 2, draws);
    draw_slots(state, draws);
    if (ask) ask_for_memory(state, draws, rule);
    const auto last = static_cast<std::size_t>(std::min(stop, begin + batch_tries) - begin);
    for (auto t = static_cast<std::size_t>(state.tries - begin); t < last && !state.table_full; ++t, ++state.tries) {
      state.accepted += t % turn_period == 0
                            ? try_turn(state, draws.first[t], draws.words[1][t / 2], rule)
                            : try_switch(state, draws.first[t], draws.second[t], rule);
    }
  }
  state_of_chain = state;
}
