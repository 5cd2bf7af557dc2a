// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects and pieces from anywhere must be refused, or make sound pieces that can be put together or not, but never
// harm. The first byte tells what the rest is: an object, or a piece.
#include "aot/pieces/executable.h"
#include "aot/pieces/relocatable.h"
#include "aot/pieces/split.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inlay::aot;
  if (size == 0) return 0;
  Names names;
  std::vector<Piece> pieces;
  if (data[0] & 1) {
    auto split = split_object({reinterpret_cast<const char*>(data) + 1, size - 1}, names);
    if (!split) return 0;
    pieces = *std::move(split);
  } else {
    auto piece = read_piece({reinterpret_cast<const std::byte*>(data) + 1, size - 1}, names);
    if (!piece) return 0;
    pieces.push_back(*std::move(piece));
  }
  std::vector<const Piece*> pointers;
  std::uint64_t zeros = 0;
  for (const Piece& piece : pieces) {
    if (!is_sound(piece, names)) __builtin_trap();
    for (const Blob& blob : piece.blobs) zeros += blob.size;
    pointers.push_back(&piece);
  }
  if (zeros > 1 << 24) return 0;  // sound, and a waste of time
  inlay::base::Bytes file;
  if (!pieces.empty())
    static_cast<void>(link_executable(pointers, names, {.entry = pieces.front().name()}, file).has_value());
  static_cast<void>(to_object(pointers, names).has_value());
  return 0;
}
