// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/arena.h"

#include <sys/mman.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>

#include "frozen/memory/control_block.h"
#include "frozen/memory/fault.h"
#include "frozen/recording.h"
#include "frozen/region.h"

namespace inlay::frozen {
namespace {

constexpr std::size_t LargestGrowth = 4 * KiB * KiB;
constexpr std::size_t MinimumAlignment = 16;
constexpr std::size_t LargestAllocation = std::size_t{1} << 46;  // beyond any space; keeps the sums below from wrapping

// Before each allocation, and so between any two: the end of one is never the beginning of the next.
using Header = std::uint64_t;  // the index of the allocation's record

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

std::byte* align(std::byte* address, std::size_t alignment) {
  const auto number = reinterpret_cast<std::uintptr_t>(address);
  return address + (round_up(number, alignment) - number);
}

}  // namespace

std::size_t Chunk::pages() const { return static_cast<std::size_t>(end - begin) / page_size(); }

Arena* Arena::create(const FreezeOptions& options, bool needs_recorder) {
  Unrecorded unrecorded;
  return new Arena(options, needs_recorder);
}

Arena::~Arena() {
  {
    // find() looks chunks up under the registry's lock only.
    const RegistryLock lock;
    for (const auto& chunk : chunks_) space_assign(chunk->begin, chunk->end - chunk->begin, nullptr);
  }
  for (const auto& chunk : chunks_) space_release(chunk->begin, chunk->end - chunk->begin);
}

Chunk* Arena::add_chunk(std::size_t room) {
  const std::size_t growth = std::min(LargestGrowth, GranuleSize << std::min<std::size_t>(chunks_.size(), 6));
  auto chunk = std::make_unique<Chunk>();
  chunks_.reserve(chunks_.size() + 1);
  const std::size_t size = std::max(growth, round_up(room, GranuleSize));
  chunk->begin = space_allocate(size);
  if (!chunk->begin) return nullptr;
  chunk->arena = this;
  chunk->end = chunk->begin + size;
  chunk->next = chunk->begin;
  chunk->first_record = static_cast<std::uint32_t>(records_.size());
  chunk->record_count = 0;
  space_assign(chunk->begin, size, chunk.get());
  chunks_.push_back(std::move(chunk));
  return chunks_.back().get();
}

void* Arena::allocate(std::size_t size, std::size_t alignment) noexcept try {
  Unrecorded unrecorded;
  size = std::max<std::size_t>(size, 1);
  alignment = std::max(alignment, MinimumAlignment);
  const std::lock_guard lock(mutex_);
  if (!is_recording()) return nullptr;
  if (size > LargestAllocation || alignment > LargestAllocation ||
      records_.size() == std::numeric_limits<std::uint32_t>::max()) {
    ++refused_;
    return nullptr;
  }
  records_.emplace_back();  // first, as it may throw
  Chunk* chunk = chunks_.empty() ? nullptr : chunks_.back().get();
  std::byte* begin = chunk ? align(chunk->next + sizeof(Header), alignment) : nullptr;
  if (!chunk || begin >= chunk->end || size >= static_cast<std::size_t>(chunk->end - begin)) {
    records_.pop_back();
    chunk = add_chunk(sizeof(Header) + alignment + size + 1);
    if (!chunk) {
      ++refused_;
      return nullptr;
    }
    records_.emplace_back();
    begin = align(chunk->next + sizeof(Header), alignment);
  }
  const Header index = records_.size() - 1;
  std::memcpy(begin - sizeof index, &index, sizeof index);
  records_.back().begin = begin;
  records_.back().size = size;
  chunk->next = begin + size;
  ++chunk->record_count;
  ++live_;
  return begin;
} catch (...) {  // no memory for a record
  return nullptr;
}

void Arena::deallocate(void* memory) noexcept {
  Chunk* chunk = space_chunk(memory);
  if (!chunk) return;
  Arena* arena = chunk->arena;
  bool last;
  {
    const std::lock_guard lock(arena->mutex_);
    if (!arena->mark_dead(*chunk, static_cast<std::byte*>(memory))) return;
    last = --arena->live_ == 0 && arena->owners_ == 0;
  }
  if (!last) return;
  Unrecorded unrecorded;
  delete arena;
}

bool Arena::mark_dead(Chunk& chunk, std::byte* memory) {
  Header index;
  if (static_cast<std::size_t>(memory - chunk.begin) < sizeof index) return false;
  std::memcpy(&index, memory - sizeof index, sizeof index);
  if (index >= records_.size()) return false;
  Record& record = records_[index];
  if (record.begin != memory || is_dead(record)) return false;
  if (is_recording() && index + 1 == records_.size() && &chunk == chunks_.back().get()) {
    // The youngest allocation: its room serves again, as for a vector that grows.
    chunk.next = memory - sizeof index;
    --chunk.record_count;
    records_.pop_back();
  } else {
    std::atomic_ref(record.dead).store(1, std::memory_order_release);
  }
  return true;
}

void Arena::adopt(void* object, void (*destroy)(void*) noexcept) {
  Unrecorded unrecorded;
  const std::lock_guard lock(mutex_);
  adopted_.push_back({object, destroy});
}

bool Arena::freeze() {
  Unrecorded unrecorded;
  const std::lock_guard lock(mutex_);
  for (const auto& chunk : chunks_) fill_buckets(*chunk);
  find_open_parts();
  const bool has_ids = assign_ids();
  state_.store(State::Checked, std::memory_order_release);
  explain();
  const bool pages = options_.strength == Strength::Pages && mutables_ == 0;
  // Counted pages turn writable when a count changes, and are checked from then on.
  if (!pages || !open_parts_.empty()) compute_checksums();
  if (pages && !protect()) {
    problems_.emplace_back(ErrorKind::OutOfMemory, "its pages could not be write-protected (" +
                                                       std::string(std::strerror(errno)) +
                                                       ") and are checked instead; raise vm.max_map_count");
    compute_checksums();
  }
  return has_ids;
}

void Arena::fill_buckets(Chunk& chunk) const {
  constexpr std::size_t RecordsPerBucket = 4;
  const std::size_t used = static_cast<std::size_t>(chunk.next - chunk.begin) + 1;  // ends count as inside
  const std::size_t wanted = used * RecordsPerBucket / std::max<std::size_t>(chunk.record_count, 1);
  chunk.bucket_shift = static_cast<unsigned>(std::bit_width(wanted));
  chunk.buckets.reserve((used >> chunk.bucket_shift) + 2);
  for (std::uint32_t i = 0; i < chunk.record_count; ++i) {
    const auto offset = static_cast<std::size_t>(records_[chunk.first_record + i].begin - chunk.begin);
    while (chunk.buckets.size() <= offset >> chunk.bucket_shift) chunk.buckets.push_back(chunk.first_record + i);
  }
  const std::uint32_t end = chunk.first_record + chunk.record_count;
  chunk.buckets.resize((used >> chunk.bucket_shift) + 2, end);
}

void Arena::find_open_parts() {
  ControlBlockFinder finder;
  for (const auto& chunk : chunks_) {
    const std::vector<Range> open = open_ranges({chunk->begin, chunk->next});
    mutables_ += open.size();
    open_parts_.insert(open_parts_.end(), open.begin(), open.end());
    for (std::uint32_t i = 0; i < chunk->record_count; ++i) {
      Record& record = records_[chunk->first_record + i];
      if (record.dead) continue;
      record.open = overlaps(open, {record.begin, record.begin + record.size});
      if (!finder.is_control_block(record.begin, record.size)) continue;
      record.control_block = record.open = true;
      open_parts_.push_back({record.begin + CountsBegin, record.begin + CountsEnd});
    }
  }
  merge_ranges(open_parts_);
}

bool Arena::assign_ids() {
  const std::uint32_t first = reserve_ids(records_.size());
  if (first == 0) {
    problems_.emplace_back(ErrorKind::OutOfMemory, "nothing of it counts as constant, as all object ids are used up");
    return false;
  }
  for (std::size_t i = 0; i < records_.size(); ++i) records_[i].id = first + static_cast<std::uint32_t>(i);
  return true;
}

void Arena::compute_checksums() {
  for (Record& record : records_) {
    if (!record.dead) record.checksum = checksum(record);
  }
}

bool Arena::protect() {
  install_fault_handler();
  for (const auto& chunk : chunks_) chunk->thawed = std::make_unique<std::atomic<bool>[]>(chunk->pages());
  // Before the first page changes: a count that another thread changes meanwhile must find its way.
  state_.store(State::Protected, std::memory_order_release);
  for (const auto& chunk : chunks_) {
    // Whole chunks, as neighbouring regions then share one mapping.
    if (mprotect(chunk->begin, chunk->end - chunk->begin, PROT_READ) == 0) continue;
    const int reason = errno;
    thaw();
    state_.store(State::Checked, std::memory_order_release);
    errno = reason;
    return false;
  }
  return true;
}

bool Arena::thaw() {
  for (const auto& chunk : chunks_) {
    if (mprotect(chunk->begin, chunk->end - chunk->begin, PROT_READ | PROT_WRITE) == 0) continue;
    state_.store(State::Stuck, std::memory_order_release);
    return false;
  }
  state_.store(State::Thawed, std::memory_order_release);
  return true;
}

void Arena::explain() {
  if (needs_recorder_ && !inlay_recorder_is_linked) {
    problems_.emplace_back(ErrorKind::InvalidArgument,
                           "what was allocated with new is not frozen, as this program does not record it; link "
                           "inlay::recorder");
  }
  if (refused_ != 0) {
    problems_.emplace_back(ErrorKind::OutOfMemory, std::to_string(refused_) +
                                                       " allocations are not frozen, as the system gives no more "
                                                       "addresses for frozen memory; raise the limit on address space");
  }
  if (options_.strength == Strength::Pages && mutables_ != 0) {
    problems_.emplace_back(ErrorKind::InvalidArgument,
                           "its pages stay writable and are checked instead, as " + std::to_string(mutables_) +
                               " Mutable parts lie in them; ask for Strength::Checked if that is meant");
  }
}

void Arena::release() noexcept {
  Unrecorded unrecorded;
  // What cannot be thawed cannot be destroyed: it stays for good.
  if (state_.load(std::memory_order_acquire) == State::Protected && !thaw()) return;
  for (; !adopted_.empty(); adopted_.pop_back()) {
    const Adopted& last = adopted_.back();
    last.destroy(last.object);
    if (space_contains(last.object)) {
      deallocate(last.object);
    } else {
      std::free(last.object);
    }
  }
  state_.store(State::Thawed, std::memory_order_release);
  drop_owner();
}

void Arena::add_owner() {
  const std::lock_guard lock(mutex_);
  ++owners_;
}

void Arena::drop_owner() noexcept {
  Unrecorded unrecorded;
  bool gone;
  {
    const std::lock_guard lock(mutex_);
    gone = --owners_ == 0 && (live_ == 0 || !needs_recorder_);
  }
  if (gone) delete this;
}

bool Arena::is_dead(const Record& record) const {
  return std::atomic_ref(const_cast<std::uint8_t&>(record.dead)).load(std::memory_order_acquire) != 0;
}

const Record* Arena::record_at(const Chunk& chunk, const std::byte* address) const {
  const std::size_t bucket = static_cast<std::size_t>(address - chunk.begin) >> chunk.bucket_shift;
  if (bucket + 1 >= chunk.buckets.size()) return nullptr;
  const Record* all = records_.data();
  const Record* after = std::upper_bound(all + chunk.buckets[bucket], all + chunk.buckets[bucket + 1], address,
                                         [](const std::byte* at, const Record& record) { return at < record.begin; });
  if (after == all + chunk.first_record) return nullptr;
  const Record& record = after[-1];
  return address <= record.begin + record.size && !is_dead(record) ? &record : nullptr;
}

bool Arena::needs_check(const Chunk& chunk, const Record& record) const {
  const State state = state_.load(std::memory_order_acquire);
  if (state != State::Protected) return state == State::Checked;
  const std::size_t first = static_cast<std::size_t>(record.begin - chunk.begin) / page_size();
  const std::size_t last = static_cast<std::size_t>(record.begin + record.size - 1 - chunk.begin) / page_size();
  return std::any_of(&chunk.thawed[first], &chunk.thawed[last] + 1, [](const auto& flag) { return flag.load(); });
}

std::uint64_t Arena::checksum(const Record& record) const {
  static const std::vector<Range> none;
  return checksum_without(record.begin, record.size, record.open ? open_parts_ : none);
}

Arena::Fault Arena::on_write_fault(Chunk& chunk, const std::byte* address) {
  switch (state_.load(std::memory_order_acquire)) {
    case State::Recording:
    case State::Checked:
    case State::Thawed:
      return Fault::Retry;  // became writable since the fault
    case State::Stuck:
      return Fault::Broken;
    case State::Protected:
      break;
  }
  const std::size_t page = static_cast<std::size_t>(address - chunk.begin) / page_size();
  if (chunk.thawed[page].load(std::memory_order_acquire)) return Fault::Retry;
  const Record* record = record_at(chunk, address);
  if (!record || !record->control_block) return Fault::Broken;
  const std::size_t offset = static_cast<std::size_t>(address - record->begin);
  if (offset < CountsBegin || offset >= CountsEnd) return Fault::Broken;
  if (mprotect(chunk.begin + page * page_size(), page_size(), PROT_READ | PROT_WRITE) != 0) return Fault::Broken;
  if (!chunk.thawed[page].exchange(true, std::memory_order_acq_rel)) {
    thawed_pages_.fetch_add(1, std::memory_order_relaxed);
  }
  return Fault::Retry;
}

std::uint32_t reserve_ids(std::size_t count) {
  static std::atomic<std::uint64_t> next_id = 1;
  const std::uint64_t first = next_id.fetch_add(count, std::memory_order_relaxed);
  return first + count <= std::numeric_limits<std::uint32_t>::max() ? static_cast<std::uint32_t>(first) : 0;
}

std::uint64_t checksum_without(const std::byte* begin, std::size_t size, const std::vector<Range>& open) {
  const std::byte* end = begin + size;
  auto part = std::upper_bound(open.begin(), open.end(), begin,
                               [](const std::byte* at, Range range) { return at < range.end; });
  std::uint64_t hash = 0;
  while (begin < end) {
    const bool more = part != open.end() && part->begin < end;
    const std::byte* stop = more ? std::max(begin, part->begin) : end;
    hash = XXH3_64bits_withSeed(begin, static_cast<std::size_t>(stop - begin), hash);
    begin = more ? part++->end : end;
  }
  return hash;
}

void* arena_allocate(Arena& arena, std::size_t size, std::size_t alignment) noexcept {
  return arena.allocate(size, alignment);
}

void arena_deallocate(void* memory) noexcept { Arena::deallocate(memory); }

}  // namespace inlay::frozen
