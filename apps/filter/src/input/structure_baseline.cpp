// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For any processor: vectors as the compiler has them, 16 bytes each on x86-64 (SSE2) and AArch64.
#include "input/structure.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace inlay::filter {

namespace {

#define INLAY_ISA [[gnu::always_inline]] inline
#define INLAY_ISA_ENTRY

#if defined(__SSE2__)

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

#else

// Eight bytes a word; the top bit of each byte that is zero after the exclusive or, gathered by a multiplication.
using Needle = std::uint64_t;
struct Block {
  std::uint64_t parts[8];
};

INLAY_ISA Needle needle(char c) { return 0x0101010101010101u * static_cast<unsigned char>(c); }

INLAY_ISA Block load(const char* text) {
  Block block;
  __builtin_memcpy(block.parts, text, 64);
  return block;
}

INLAY_ISA std::uint64_t equal(const Block& block, Needle with) {
  std::uint64_t mask = 0;
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t part = block.parts[i] ^ with;
    const std::uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    const std::uint64_t zero = ~(((part & low) + low) | part | low);
    mask |= ((zero >> 7) * 0x0102040810204080u >> 56) << (8 * i);
  }
  return mask;
}

#endif

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
