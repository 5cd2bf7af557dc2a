// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pieces that were made before, by what they depend on: in memory, and in a file that outlives the process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "aot/pieces/piece.h"
#include "base/hash.h"
#include "inlay/result.h"

namespace inlay::aot {

/// Of everything that the code of a piece depends on.
using PieceKey = base::Hash128;

/// The file is a header and a row of records, each with checksums; records are only ever added. Whatever bytes it
/// holds, what is read from it is what somebody put: the rest, from the first damage on, counts as not there. Several
/// processes may use one file. It is no error if it cannot be read or written: then there are no pieces. One thread at
/// a time.
class Store {
 public:
  /// In memory only.
  Store() = default;
  /// With a file, which is made when something is saved; no more than about `max_bytes`. What other users may write is
  /// not read.
  Store(std::string path, std::uint64_t max_bytes);

  Names& names() { return names_; }
  const Names& names() const { return names_; }

  /// Null if there is none. The piece lives as long as the store.
  const Piece* find(PieceKey key);
  /// Keeps a sound piece. The one that is there already stays.
  const Piece& add(PieceKey key, Piece piece);
  /// Puts what was added since into the file, with one write; an error if that failed, which loses nothing but time.
  /// A file that would become too large is made anew, with what this store has looked at: what only waited there to be
  /// found is not in it any more.
  Result<void> save();

  /// How many pieces are known, and about how many bytes they take in memory.
  std::size_t count() const { return known_.size() + waiting_.size(); }
  std::size_t memory() const { return memory_; }

 private:
  struct HashOfKey {
    std::size_t operator()(const PieceKey& key) const { return key.low; }
  };
  struct Lock;

  /// Reads what the file holds beyond what is known of it. With `for_writing`, cuts off what is damaged.
  void read_more(int file, bool for_writing);
  Result<void> write_again(const Lock& lock);

  std::string path_;
  std::uint64_t max_bytes_ = 0;
  Names names_;
  std::unordered_map<PieceKey, std::unique_ptr<const Piece>, HashOfKey> known_;
  std::unordered_map<PieceKey, base::Bytes, HashOfKey> waiting_;  // read from the file, not looked at yet
  std::vector<PieceKey> added_;                                   // since the last save
  std::size_t memory_ = 0;
  std::uint64_t read_up_to_ = 0, file_number_ = 0, device_ = 0;  // of the file
};

}  // namespace inlay::aot
