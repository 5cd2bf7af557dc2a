// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For any x86-64 processor: SSE2.
#include "input/structure.h"

#include <emmintrin.h>

namespace inlay::filter {

namespace {

#define INLAY_ISA [[gnu::always_inline]] inline
#define INLAY_ISA_ENTRY

using Needle = __m128i;
struct Block {
  __m128i parts[4];
};

INLAY_ISA Needle needle(char c) { return _mm_set1_epi8(c); }

INLAY_ISA Block load(const char* text) {
  const __m128i* from = reinterpret_cast<const __m128i*>(text);
  return {{_mm_loadu_si128(from), _mm_loadu_si128(from + 1), _mm_loadu_si128(from + 2), _mm_loadu_si128(from + 3)}};
}

INLAY_ISA std::uint64_t equal(const Block& block, Needle with) {
  std::uint64_t mask = 0;
  for (int i = 0; i < 4; ++i) {
    const int part = _mm_movemask_epi8(_mm_cmpeq_epi8(block.parts[i], with));
    mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(part)) << (16 * i);
  }
  return mask;
}

INLAY_ISA std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

INLAY_ISA std::uint32_t* write_positions(std::uint32_t* out, std::uint64_t mask, std::uint32_t base) {
  std::uint32_t* const end = out + __builtin_popcountll(mask);
  // Eight at a time, whether there are as many or not: that is cheaper than to mispredict how many.
  while (mask) {
    for (int i = 0; i < 8; ++i) {
      *out++ = base + static_cast<std::uint32_t>(__builtin_ctzll(mask | std::uint64_t{1} << 63));
      mask &= mask - 1;
    }
  }
  return end;
}

#include "input/structure_inl.h"

}  // namespace

extern const StructureCode BaselineStructure;
const StructureCode BaselineStructure = {"baseline", [] { return true; }, extent, positions};

}  // namespace inlay::filter
