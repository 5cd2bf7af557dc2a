// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For processors with AVX2, BMI and carry-less multiplication: Intel since 2013, AMD since 2015.
#include "input/structure.h"

#include <immintrin.h>

namespace inlay::filter {

namespace {

#define INLAY_ISA [[gnu::always_inline, gnu::target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")]] inline
#define INLAY_ISA_ENTRY [[gnu::target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")]]

using Needle = __m256i;
struct Block {
  __m256i low, high;
};

INLAY_ISA Needle needle(char c) { return _mm256_set1_epi8(c); }

INLAY_ISA Block load(const char* text) {
  const __m256i* from = reinterpret_cast<const __m256i*>(text);
  return {_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1)};
}

INLAY_ISA std::uint64_t equal(const Block& block, Needle with) {
  const int low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(block.low, with));
  const int high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(block.high, with));
  return static_cast<std::uint32_t>(low) | static_cast<std::uint64_t>(static_cast<std::uint32_t>(high)) << 32;
}

INLAY_ISA std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

INLAY_ISA std::uint32_t* write_positions(std::uint32_t* out, std::uint64_t mask, std::uint32_t base) {
  std::uint32_t* const end = out + __builtin_popcountll(mask);
  // Twelve whether there are as many or not: that is cheaper than to mispredict how many.
  for (int i = 0; i < 12; ++i) {
    out[i] = base + static_cast<std::uint32_t>(_tzcnt_u64(mask));
    mask = _blsr_u64(mask);
  }
  if (__builtin_expect(mask != 0, 0)) {
    out += 12;
    do {
      *out++ = base + static_cast<std::uint32_t>(_tzcnt_u64(mask));
      mask = _blsr_u64(mask);
    } while (mask);
  }
  return end;
}

#include "input/structure_inl.h"

bool supported() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
}

}  // namespace

extern const StructureCode Avx2Structure;
const StructureCode Avx2Structure = {"avx2", supported, extent, positions};

}  // namespace inlay::filter
