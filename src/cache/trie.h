// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How code is found among all that was ever compiled for a request: a trie of entries that never change.
//
// The first entry of a request is named by the request alone. It holds reads, and an object. Whoever follows the reads
// and gets all of the answers has found his code. Whoever gets another answer goes on at the entry that is named by the
// request and all reads up to there, with his own answers; it holds only the reads behind that one. So thousands of
// trees that share a root function are told apart in a few steps, and a name always says what led there: entries may
// vanish in any order, and be written anew with something else behind the same beginning.
#pragma once

#include <optional>
#include <span>

#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/replay.h"

namespace inlay::cache {

/// What is looked for.
struct Request {
  base::Bytes identity;  // everything that decides about the code but memory; see jit/cached.h
  base::Bytes bound;     // what is bound, as the log's questions see it
};

struct Found {
  base::Bytes bytes;  // the entry
  std::span<const std::byte> object;
  Facts facts;
  Replay replay;  // of `request.bound`, which must live as long
};

/// Counts a hit or a miss.
std::optional<Found> find(State& state, const Request& request);

/// Keeps what find() did not find. Counts what goes wrong.
void keep(State& state, const Request& request, const frozen::ReadLog& log, const Facts& facts,
          std::span<const std::byte> object);

/// The text that an identity begins with: the function's name.
std::string function_of(std::span<const std::byte> identity);

}  // namespace inlay::cache
