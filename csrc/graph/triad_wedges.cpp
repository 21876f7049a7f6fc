#include "graph/triad_wedges.hpp"

#include <bit>

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::graph {

namespace {

// By label of (u, v), then label of (v, w) << 2 | label of (u, w).
struct StepTables {
  alignas(64) std::uint64_t increment[4][16];
  alignas(16) std::uint8_t shift[4][16];
};

constexpr StepTables make_step_tables() {
  StepTables tables{};
  for (Label uv = 0; uv < 4; ++uv) {
    for (Label vw = 0; vw < 4; ++vw) {
      for (Label uw = 0; uw < 4; ++uw) {
        const bool closed = uv != 0 && vw != 0 && uw != 0;
        const int shift = closed ? ClosedTally::field_bits * closed_class(uv, uw, vw) : 64;
        tables.shift[uv][vw << 2 | uw] = static_cast<std::uint8_t>(shift);
        tables.increment[uv][vw << 2 | uw] = closed ? std::uint64_t{1} << shift : 0;
      }
    }
  }
  return tables;
}

constexpr StepTables step_tables = make_step_tables();

template <typename Position>
void tally_portable(const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                    const std::uint32_t* marks, ClosedTally& tally) noexcept {
  std::uint64_t sum = tally.lanes[0];
  int taken = tally.taken;
  for (std::size_t i = 0; i < lower.count; ++i) {
    prefetch_row(row_entries, lower, i);
    const std::uint64_t* const increment = step_tables.increment[lower.entries[i] & 3];
    for (const std::uint32_t* next = row_entries + lower.positions[i] + 1; (*next & 3) != 0; ++next) {
      sum += increment[label_pair(*next, marks)];
      if (++taken == ClosedTally::room) {
        tally.lanes[0] = sum;
        tally.empty();
        sum = 0;
        taken = 0;
      }
    }
  }
  tally.lanes[0] = sum;
  tally.taken = taken;
}

#if PYBENCH_X86

template <typename Position>
PYBENCH_TARGET_AVX2 void tally_avx2(const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                                    const std::uint32_t* marks, ClosedTally& tally) noexcept {
  const __m256i label_bits = _mm256_set1_epi32(3);
  const __m256i place_bits = _mm256_set1_epi32(30);
  const __m256i word_bits = _mm256_set1_epi32(32);
  const __m256i code_bits = _mm256_set1_epi32(12);
  const __m256i upper_bytes = _mm256_set1_epi32(static_cast<int>(0x80808000U));
  const __m256i lane_index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i low_halves = _mm256_set1_epi64x(0xffffffff);
  const __m256i one = _mm256_set1_epi64x(1);
  auto* const lanes = reinterpret_cast<__m256i*>(tally.lanes.data());
  __m256i even = _mm256_load_si256(lanes);
  __m256i odd = _mm256_load_si256(lanes + 1);
  int taken = tally.taken;
  for (std::size_t i = 0; i < lower.count; ++i) {
    prefetch_row(row_entries, lower, i);
    const __m256i shift_table = _mm256_broadcastsi128_si256(
        _mm_load_si128(reinterpret_cast<const __m128i*>(step_tables.shift[lower.entries[i] & 3])));
    const std::uint32_t* next = row_entries + lower.positions[i] + 1;
    std::uint32_t ends = 0;  // lanes whose label is 0
    do {
      const __m256i entry = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(next));
      next += 8;
      const __m256i label = _mm256_and_si256(entry, label_bits);
      ends = static_cast<std::uint32_t>(
          _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(label, _mm256_setzero_si256()))));
      // Lanes behind the end hold entries of the next row, or padding: valid places in the table all the same.
      const __m256i word =
          _mm256_i32gather_epi32(reinterpret_cast<const int*>(marks), _mm256_srli_epi32(entry, 6), 4);
      const __m256i place = _mm256_and_si256(_mm256_srli_epi32(entry, 1), place_bits);
      const __m256i rotated =
          _mm256_or_si256(_mm256_srlv_epi32(word, place), _mm256_sllv_epi32(word, _mm256_sub_epi32(word_bits, place)));
      __m256i code = _mm256_or_si256(_mm256_and_si256(rotated, code_bits), label);
      if (ends != 0) {
        const __m256i end = _mm256_set1_epi32(static_cast<int>(_tzcnt_u32(ends)));
        code = _mm256_and_si256(code, _mm256_cmpgt_epi32(end, lane_index));
      }
      const __m256i shift = _mm256_shuffle_epi8(shift_table, _mm256_or_si256(code, upper_bytes));
      even = _mm256_add_epi64(even, _mm256_sllv_epi64(one, _mm256_and_si256(shift, low_halves)));
      odd = _mm256_add_epi64(odd, _mm256_sllv_epi64(one, _mm256_srli_epi64(shift, 32)));
      if (++taken == ClosedTally::room) {
        _mm256_store_si256(lanes, even);
        _mm256_store_si256(lanes + 1, odd);
        tally.empty();
        even = odd = _mm256_setzero_si256();
        taken = 0;
      }
    } while (ends == 0);
  }
  _mm256_store_si256(lanes, even);
  _mm256_store_si256(lanes + 1, odd);
  tally.taken = taken;
}

// The lanes up to the first end. Those behind it find no mark, and without one nothing is added.
PYBENCH_TARGET_AVX512 inline std::uint32_t live_lanes(std::uint32_t ends) noexcept { return _blsmsk_u32(ends); }

// A gather costs by the lane, and half the rows of a sparse graph end within eight entries: the first step takes eight,
// the others sixteen.
template <typename Position>
PYBENCH_TARGET_AVX512 void tally_avx512(const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                                        const std::uint32_t* marks, ClosedTally& tally) noexcept {
  const __m512i label_bits = _mm512_set1_epi32(3);
  const __m512i place_bits = _mm512_set1_epi32(30);
  const __m512i zero = _mm512_setzero_si512();
  __m512i even = _mm512_load_si512(tally.lanes.data());
  __m512i odd = _mm512_load_si512(tally.lanes.data() + 8);
  int taken = tally.taken;
  for (std::size_t i = 0; i < lower.count; ++i) {
    prefetch_row(row_entries, lower, i);
    const std::uint64_t* const increment = step_tables.increment[lower.entries[i] & 3];
    const __m512i low_increments = _mm512_load_si512(increment);
    const __m512i high_increments = _mm512_load_si512(increment + 8);
    const std::uint32_t* next = row_entries + lower.positions[i] + 1;
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(next));
    next += 8;
    std::uint32_t ends = _mm256_testn_epi32_mask(first, _mm512_castsi512_si256(label_bits));  // lanes whose label is 0
    {
      const auto live = static_cast<__mmask8>(live_lanes(ends));
      const __m256i word =
          _mm256_mmask_i32gather_epi32(_mm512_castsi512_si256(zero), live, _mm256_srli_epi32(first, 6), marks, 4);
      const __m256i place = _mm256_and_si256(_mm256_srli_epi32(first, 1), _mm512_castsi512_si256(place_bits));
      // The two lowest bits from the entry, all others from the rotated word; only four are looked at.
      const __m256i code = _mm256_ternarylogic_epi32(_mm512_castsi512_si256(label_bits), first,
                                                     _mm256_rorv_epi32(word, place), 0xca);
      even = _mm512_add_epi64(
          even, _mm512_permutex2var_epi64(low_increments, _mm512_cvtepu32_epi64(code), high_increments));
      ++taken;
    }
    while (true) {
      if (taken == ClosedTally::room) {
        _mm512_store_si512(tally.lanes.data(), even);
        _mm512_store_si512(tally.lanes.data() + 8, odd);
        tally.empty();
        even = odd = zero;
        taken = 0;
      }
      if (ends != 0) break;
      const __m512i entry = _mm512_loadu_si512(next);
      next += 16;
      ends = _mm512_testn_epi32_mask(entry, label_bits);
      const auto live = static_cast<__mmask16>(live_lanes(ends));
      const __m512i word = _mm512_mask_i32gather_epi32(zero, live, _mm512_srli_epi32(entry, 6), marks, 4);
      const __m512i place = _mm512_and_si512(_mm512_srli_epi32(entry, 1), place_bits);
      const __m512i code = _mm512_ternarylogic_epi32(label_bits, entry, _mm512_rorv_epi32(word, place), 0xca);
      even = _mm512_add_epi64(even, _mm512_permutex2var_epi64(low_increments, code, high_increments));
      odd = _mm512_add_epi64(
          odd, _mm512_permutex2var_epi64(low_increments, _mm512_srli_epi64(code, 32), high_increments));
      ++taken;
    }
  }
  _mm512_store_si512(tally.lanes.data(), even);
  _mm512_store_si512(tally.lanes.data() + 8, odd);
  tally.taken = taken;
}

#endif

}  // namespace

void clear_marks(const std::uint32_t* row, std::uint32_t* marks) noexcept {
  for (; (*row & 3) != 0; ++row) marks[*row >> 6] = 0;
}

void ClosedTally::empty() noexcept {
  for (std::uint64_t& lane : lanes) {
    for (std::size_t index = 0; index < closed_class_count; ++index) {
      totals_[index] += lane >> (static_cast<int>(index) * field_bits) & room;
    }
    lane = 0;
  }
  taken = 0;
}

ClosedCounts ClosedTally::totals() const noexcept {
  ClosedTally last = *this;
  last.empty();
  return last.totals_;
}

template <typename Position>
void tally_closed(SimdPath path, const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                  const std::uint32_t* marks, ClosedTally& tally) noexcept {
#if PYBENCH_X86
  if (path == SimdPath::avx512) return tally_avx512(row_entries, lower, marks, tally);
  if (path == SimdPath::avx2) return tally_avx2(row_entries, lower, marks, tally);
#else
  static_cast<void>(path);
#endif
  tally_portable(row_entries, lower, marks, tally);
}

template void tally_closed(SimdPath, const std::uint32_t*, const LowerNeighbours<std::uint32_t>&, const std::uint32_t*,
                           ClosedTally&) noexcept;
template void tally_closed(SimdPath, const std::uint32_t*, const LowerNeighbours<std::uint64_t>&, const std::uint32_t*,
                           ClosedTally&) noexcept;

}  // namespace pybench::graph
