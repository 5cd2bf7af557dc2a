// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For processors with AVX-512 and its instructions on bytes (VBMI2): Intel since Ice Lake, AMD since Zen 4.
#include "input/structure.h"

#include <immintrin.h>

namespace inlay::filter {

namespace {

#define INLAY_FEATURES "avx2,bmi,bmi2,lzcnt,popcnt,pclmul,avx512f,avx512bw,avx512vl,avx512vbmi2"
#define INLAY_ISA [[gnu::always_inline, gnu::target(INLAY_FEATURES)]] inline
#define INLAY_ISA_ENTRY [[gnu::target(INLAY_FEATURES)]]

using Needle = __m512i;
struct Block {
  __m512i bytes;
};

INLAY_ISA Needle needle(char c) { return _mm512_set1_epi8(c); }
INLAY_ISA Block load(const char* text) { return {_mm512_loadu_si512(text)}; }
INLAY_ISA std::uint64_t equal(const Block& block, Needle with) { return _mm512_cmpeq_epi8_mask(block.bytes, with); }

INLAY_ISA std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

INLAY_ISA std::uint32_t* write_positions(std::uint32_t* out, std::uint64_t mask, std::uint32_t base) {
  alignas(64) static constexpr std::uint8_t Numbers[64] = {
      0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
      22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
      44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  const int count = __builtin_popcountll(mask);
  const __m512i from = _mm512_set1_epi32(static_cast<int>(base));
  const __m512i bytes = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(Numbers));
  const __m512i first = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(bytes));
  _mm512_storeu_si512(out, _mm512_add_epi32(from, first));
  if (__builtin_expect(count > 16, 0)) {
    const __m512i second = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, 1));
    _mm512_storeu_si512(out + 16, _mm512_add_epi32(from, second));
    if (count > 32) {
      const __m512i third = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, 2));
      _mm512_storeu_si512(out + 32, _mm512_add_epi32(from, third));
      const __m512i fourth = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, 3));
      _mm512_storeu_si512(out + 48, _mm512_add_epi32(from, fourth));
    }
  }
  return out + count;
}

#include "input/structure_inl.h"

bool supported() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2");
}

}  // namespace

extern const StructureCode Avx512Structure;
const StructureCode Avx512Structure = {"avx512", supported, extent, positions};

}  // namespace inlay::filter
