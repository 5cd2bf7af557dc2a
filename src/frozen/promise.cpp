// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Promises about memory that the user owns.
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "frozen/memory/watch.h"
#include "frozen/recording.h"
#include "frozen/region.h"
#include "frozen/registry.h"
#include "frozen/verify.h"
#include "inlay/changing.h"

namespace inlay {
namespace {

using frozen::PromisedRange;
using frozen::Range;
using frozen::Region;

bool is_page_aligned(Range bytes) {
  const std::size_t mask = frozen::page_size() - 1;
  return ((reinterpret_cast<std::uintptr_t>(bytes.begin) | reinterpret_cast<std::uintptr_t>(bytes.end)) & mask) == 0;
}

// Protects the range, or says why not.
std::vector<Error> protect(PromisedRange& range, const std::string& name) {
  std::vector<Error> problems;
  if (!range.open.empty()) {
    problems.emplace_back(ErrorKind::InvalidArgument, "its pages stay writable and are checked instead, as " +
                                                          std::to_string(range.open.size()) +
                                                          " Mutable parts lie in them; ask for Strength::Checked if "
                                                          "that is meant");
    return problems;
  }
  if (!is_page_aligned(range.bytes)) {
    problems.emplace_back(ErrorKind::InvalidArgument,
                          "it is checked instead of write-protected, as it does not begin and end on page boundaries");
    return problems;
  }
  const std::optional<int> protection = frozen::protection_of(range.bytes);
  if (!protection) {
    problems.emplace_back(ErrorKind::InvalidArgument,
                          "it is checked instead of write-protected, as its pages differ in their protection");
    return problems;
  }
  if ((*protection & PROT_WRITE) == 0) {
    range.read_only = true;
    return problems;
  }
  if (frozen::begin_watch(range.bytes, *protection, name, range.id)) {
    range.read_only = true;
    range.restore_protection = *protection;
    return problems;
  }
  problems.emplace_back(ErrorKind::OutOfMemory, "its pages could not be write-protected (" +
                                                    std::string(std::strerror(errno)) + ") and are checked instead");
  return problems;
}

Error used_up() { return Error(ErrorKind::OutOfMemory, "all object ids of this process are used up"); }

Result<std::shared_ptr<Region>> promise_range(const void* begin, std::size_t bytes, std::string name, Strength strength,
                                              bool changing) {
  const frozen::Unrecorded unrecorded;
  const std::byte* first = static_cast<const std::byte*>(begin);
  PromisedRange range;
  range.changing = changing;
  if (!begin || bytes == 0 || bytes > UINTPTR_MAX - reinterpret_cast<std::uintptr_t>(begin)) {
    return Error(ErrorKind::InvalidArgument, "the range \"" + name + "\" is empty");
  }
  range.bytes = {first, first + bytes};
  const std::size_t space = frozen::space_size.load();
  const auto* space_first = reinterpret_cast<const std::byte*>(frozen::space_begin.load());
  if (first < space_first + space && range.bytes.end > space_first) {
    return Error(ErrorKind::InvalidArgument,
                 "the range \"" + name + "\" lies in memory of a FreezeScope or FrozenResource; freeze that instead");
  }
  if (!frozen::is_readable(range.bytes)) {
    return Error(ErrorKind::InvalidArgument, "the range \"" + name + "\" is not readable memory");
  }
  range.id = frozen::reserve_ids(1);
  if (range.id == 0) return used_up();
  range.open = frozen::open_ranges(range.bytes);
  std::vector<Error> problems;
  if (strength == Strength::Pages) problems = protect(range, name);
  if (!range.read_only) range.checksum = frozen::checksum_without(first, bytes, range.open);
  return Region::promise_range(std::move(name), std::move(range), std::move(problems));
}

}  // namespace

Result<Promise> promise_constant(const void* begin, std::size_t bytes, std::string name, Strength strength) {
  INLAY_TRY(std::shared_ptr<Region> region, promise_range(begin, bytes, std::move(name), strength, false));
  return Promise(std::move(region));
}

Result<Changing> promise_rarely_changed(const void* begin, std::size_t bytes, std::string name, Strength strength) {
  INLAY_TRY(std::shared_ptr<Region> region, promise_range(begin, bytes, std::move(name), strength, true));
  return Changing(std::move(region));
}

void Promise::withdraw() const { region_->withdraw(); }
void Changing::withdraw() const { region_->withdraw(); }

Result<Change> Changing::begin_change() const {
  const Range all = region_->range().bytes;
  return begin_change(all.begin, static_cast<std::size_t>(all.end - all.begin));
}

Result<Change> Changing::begin_change(const void* begin, std::size_t bytes) const {
  const frozen::Unrecorded unrecorded;
  const Range all = region_->range().bytes;
  const auto* first = static_cast<const std::byte*>(begin);
  if (first < all.begin || first > all.end || bytes > static_cast<std::size_t>(all.end - first)) {
    return Error(ErrorKind::InvalidArgument,
                 "the bytes to change do not lie within the range \"" + region_->name() + "\"");
  }
  if (!region_->begin_change({first, first + bytes})) {
    return Error(ErrorKind::OutOfMemory, "the pages of the range \"" + region_->name() +
                                             "\" could not be made writable (" + std::strerror(errno) + ")");
  }
  return Change(region_, begin, bytes);
}

Change::~Change() {
  const auto* first = static_cast<const std::byte*>(begin_);
  if (region_) region_->end_change({first, first + bytes_});
}

Result<Promise> constant_graph(const void* root, std::string name) {
  const frozen::Unrecorded unrecorded;
  if (!root) return Error(ErrorKind::InvalidArgument, "the root of graph \"" + name + "\" is null");
  const std::uint32_t id = frozen::reserve_ids(1);
  if (id == 0) return used_up();
  INLAY_TRY(std::shared_ptr<Region> region,
            Region::promise_graph(std::move(name), id, static_cast<const std::byte*>(root)));
  return Promise(std::move(region));
}

}  // namespace inlay
