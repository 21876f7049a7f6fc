// Rounds 3 to 10 of Philox 4x32-10 over the lanes of a register of 32-bit words, once for each path. No include guard.
//
// The instruction multiplies the low half of each 64 bits. So a word of all lanes is in two registers: that of the even lanes
// in low halves, and that of the odd ones; what is in high halves does not matter. A round is then 4 multiplications, 4
// shifts and 4 (without a three-way xor 8) xors for 4 words of all lanes. It takes no fewer where both halves are used.

typedef std::uint64_t Pairs __attribute__((vector_size(PYBENCH_BYTES)));
typedef std::uint32_t Words __attribute__((vector_size(PYBENCH_BYTES)));

struct Halves {
  Pairs even, odd;
};

inline __attribute__((always_inline)) void multiply(Halves& product, const Halves& word, std::uint32_t by) {
  const Pairs multiplier = Pairs{} + by;
  product.even = (Pairs)PYBENCH_WIDE(mul_epu32, PYBENCH_PAIRS(word.even), PYBENCH_PAIRS(multiplier));
  product.odd = (Pairs)PYBENCH_WIDE(mul_epu32, PYBENCH_PAIRS(word.odd), PYBENCH_PAIRS(multiplier));
}

// The low halves, or the high ones, of even and odd lanes in one register.
inline __attribute__((always_inline)) void pack_low(Words& packed, const Halves& x) {
#if PYBENCH_BYTES == 64
  packed = (Words)_mm512_mask_shuffle_epi32((__m512i)x.even, 0xAAAA, (__m512i)x.odd, _MM_PERM_CCAA);
#elif PYBENCH_BYTES == 32
  packed = (Words)_mm256_blend_epi32((__m256i)x.even, (__m256i)(x.odd << 32), 0xAA);
#else
  packed = (Words)((x.even & 0xFFFFFFFFu) | (x.odd << 32));
#endif
}
inline __attribute__((always_inline)) void pack_high(Words& packed, const Halves& x) {
#if PYBENCH_BYTES == 64
  packed = (Words)_mm512_mask_shuffle_epi32((__m512i)x.odd, 0x5555, (__m512i)x.even, _MM_PERM_DDBB);
#elif PYBENCH_BYTES == 32
  packed = (Words)_mm256_blend_epi32((__m256i)(x.even >> 32), (__m256i)x.odd, 0xAA);
#else
  packed = (Words)((x.even >> 32) | (x.odd & ~std::uint64_t{0xFFFFFFFFu}));
#endif
}

inline __attribute__((always_inline)) void unpack(Halves& halves, const Words& packed) {
  halves.even = (Pairs)packed;
  halves.odd = halves.even >> 32;
}

// The words of a register of lanes after two rounds; word 1 and word 3 hold the key of the third.
struct Begun {
  Words word0, word1, word2, word3;
};

// Ends a block of each lane as bits[.][0..3], for `together` registers round by round: of one alone too little is ready at any
// time to keep the multipliers busy.
template <std::size_t together>
inline __attribute__((always_inline)) void philox_rounds(const RoundKeys& keys, const Begun (&begun)[together],
                                                         Words (&bits)[together][4]) {
  Halves x0[together], x1[together], x2[together], x3[together], product0, product1;
  Words high, low;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < together; ++i) {
    unpack(x0[i], begun[i].word0);
    unpack(x2[i], begun[i].word2);
    multiply(product0, x0[i], philox_multiplier[0]);
    multiply(product1, x2[i], philox_multiplier[1]);
    pack_high(high, product1);
    unpack(x0[i], high ^ begun[i].word1);
    pack_high(high, product0);
    unpack(x2[i], high ^ begun[i].word3);
    x1[i] = product1;
    x3[i] = product0;
  }
#pragma GCC unroll 8
  for (int round = 3; round < 9; ++round) {
    const Pairs key0 = Pairs{} + keys.of[round][0], key1 = Pairs{} + keys.of[round][1];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < together; ++i) {
      multiply(product0, x0[i], philox_multiplier[0]);
      multiply(product1, x2[i], philox_multiplier[1]);
      x0[i].even = (product1.even >> 32) ^ x1[i].even ^ key0;
      x0[i].odd = (product1.odd >> 32) ^ x1[i].odd ^ key0;
      x2[i].even = (product0.even >> 32) ^ x3[i].even ^ key1;
      x2[i].odd = (product0.odd >> 32) ^ x3[i].odd ^ key1;
      x1[i] = product1;
      x3[i] = product0;
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < together; ++i) {
    multiply(product0, x0[i], philox_multiplier[0]);
    multiply(product1, x2[i], philox_multiplier[1]);
    pack_high(high, product1);
    pack_low(low, x1[i]);
    bits[i][0] = high ^ low ^ (Words{} + keys.word(9, 0));
    pack_low(bits[i][1], product1);
    pack_high(high, product0);
    pack_low(low, x3[i]);
    bits[i][2] = high ^ low ^ (Words{} + keys.word(9, 1));
    pack_low(bits[i][3], product0);
  }
}

// A number of U * 2^24 from random bits: exact.
inline __attribute__((always_inline)) void to_number(Lanes<float>::Number& number, const Words& bits) {
  number = __builtin_convertvector((Lanes<float>::Whole)(bits >> 8), Lanes<float>::Number);
}
