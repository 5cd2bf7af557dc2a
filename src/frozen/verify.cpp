// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/verify.h"

#include <algorithm>

#include "frozen/recording.h"
#include "frozen/region.h"
#include "frozen/registry.h"

namespace inlay {
namespace frozen {
namespace {

Error broken(const Region& region, std::uint32_t id, Range bytes, const char* what) {
  return Error(ErrorKind::BrokenPromise, "object " + std::to_string(id) + " (size " +
                                             std::to_string(bytes.end - bytes.begin) + ") of region \"" +
                                             region.name() + "\" " + what + ", but was " + region.promise());
}

Result<void> verify_arena(const Region& region, const Arena& arena) {
  for (const auto& chunk : arena.chunks()) {
    for (std::uint32_t i = 0; i < chunk->record_count; ++i) {
      const Record& record = arena.records()[chunk->first_record + i];
      if (arena.is_dead(record) || !arena.needs_check(*chunk, record)) continue;
      // Dead afterwards: it was being deleted meanwhile, and what its destructor wrote does not count.
      if (arena.checksum(record) == record.checksum || arena.is_dead(record)) continue;
      return broken(region, record.id, {record.begin, record.begin + record.size}, "has changed");
    }
  }
  return {};
}

}  // namespace

bool is_readable(Range bytes) {
  char probe;
  for (const std::byte* at = bytes.begin; at < bytes.end;) {
    if (!read_safely(at, 1, &probe)) return false;
    const std::size_t into_page = reinterpret_cast<std::uintptr_t>(at) % page_size();
    at += std::min(page_size() - into_page, static_cast<std::size_t>(bytes.end - at));
  }
  return true;
}

Result<void> verify(const Region& region) {
  const Unrecorded unrecorded;
  if (region.arena()) return verify_arena(region, *region.arena());
  if (region.origin() == Region::Origin::Graph) return {};
  const RegistryReadLock no_changes;
  const PromisedRange& range = region.range();
  if (!region.needs_check()) return {};
  const std::size_t size = static_cast<std::size_t>(range.bytes.end - range.bytes.begin);
  if (!is_readable(range.bytes)) return broken(region, range.id, range.bytes, "cannot be read any more");
  if (checksum_without(range.bytes.begin, size, range.open) == range.checksum) return {};
  return broken(region, range.id, range.bytes, "has changed");
}

Result<void> status(const Region& region) {
  const Unrecorded unrecorded;
  const std::vector<Error>& problems = region.problems();
  if (problems.empty()) return {};
  Error error(problems.front().kind(), "region \"" + region.name() + "\": " + problems.front().message());
  for (std::size_t i = 1; i < problems.size(); ++i) error = std::move(error).with_note(problems[i].message());
  return error;
}

}  // namespace frozen

Result<void> verify_frozen() {
  const frozen::Unrecorded unrecorded;
  for (const std::shared_ptr<frozen::Region>& region : frozen::all_regions()) {
    INLAY_TRY_VOID(frozen::verify(*region));
  }
  return {};
}

}  // namespace inlay
