// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One entry of a cache, as bytes: a header, the request, some reads with their answers, facts about the code, and the
// object. Two checksums, so that reads can be followed before all of the object is looked at. Nothing in it is trusted:
// every bound is checked, also behind right checksums.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/serial.h"
#include "inlay/report.h"

namespace inlay::cache {

/// Raised when the layout of entries or the form of logs changes. Requests have a number of their own (jit/cached.cpp).
constexpr std::uint32_t EntryFormat = 2;

struct EntryHeader {
  char magic[8];
  std::uint32_t format;
  std::uint32_t reserved;
  base::Hash128 id;
  std::uint64_t request_size, log_size, facts_size, object_size;
  base::Hash128 object_checksum;
  base::Hash128 checksum;  // of the header, with 0 in its place, and of all in front of the object
};

/// An entry's parts, within its bytes.
struct Entry {
  base::Hash128 id;
  std::span<const std::byte> request, log, facts, object;
};

base::Bytes write_entry(const Entry& entry);

/// Nothing if the bytes are not an entry of this format, whole and as it was written; the object is not looked at.
std::optional<Entry> read_entry(std::span<const std::byte> bytes);

/// Whether the object is as it was written. `bytes` are those that read_entry() took.
bool object_is_sound(std::span<const std::byte> bytes);

/// What is to be known about an object besides its bytes.
struct Facts {
  std::string entry;                   // the symbol of the function that was asked for
  std::vector<std::string> functions;  // that it defines
  Report report;                       // of the compilation that it comes from; without times
};

base::Bytes write_facts(const Facts& facts);
std::optional<Facts> read_facts(std::span<const std::byte> bytes);

/// An entry's name: 32 hexadecimal digits.
std::string name_of(base::Hash128 id);

}  // namespace inlay::cache
