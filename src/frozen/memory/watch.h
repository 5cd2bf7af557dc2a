// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Write protection of memory that is the user's own, and what the fault handler knows about it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "frozen/memory/open_parts.h"

namespace inlay::frozen {

/// The protection (PROT_READ...) that all pages of `range` have in common; none if they differ or are not mapped.
std::optional<int> protection_of(Range range);

/// Takes write permission from the whole pages of `range`, and lets the fault handler name them. False, with errno set,
/// if the system refuses.
bool begin_watch(Range range, int protection, std::string_view name, std::uint32_t id);

/// Gives the pages `protection` back. False if the system refuses; then they are watched still.
bool end_watch(Range range, int protection);

/// What is being watched, as the fault handler sees it: entries are never freed, an unused one has no range. Names are
/// cut to fit.
struct Watched {
  std::atomic<const std::byte*> begin = nullptr;
  std::atomic<const std::byte*> end = nullptr;
  std::atomic<std::uint32_t> id = 0;  // of the promised object
  char name[64] = {};
  Watched* next = nullptr;
};

/// The entry that holds `address`, or null. Async-signal-safe.
const Watched* find_watched(const std::byte* address);

}  // namespace inlay::frozen
