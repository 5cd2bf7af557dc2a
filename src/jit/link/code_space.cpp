// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/code_space.h"

#include <fcntl.h>
#include <link.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace inlay::jit {

namespace {

constexpr std::size_t MiB = 1024 * 1024;
constexpr std::size_t LargestSlab = 64 * MiB;
constexpr std::size_t SmallestSlab = 4 * MiB;
/// Sixteenths of a slab: what compiled closures need of each.
constexpr std::array<std::size_t, Areas> Shares = {9, 5, 2};
constexpr std::array<int, Areas> Protections = {PROT_READ | PROT_EXEC, PROT_READ, PROT_READ | PROT_WRITE};
/// Functions get cache lines of their own; the rest is packed.
constexpr std::array<std::size_t, Areas> Granules = {64, 16, 16};
constexpr std::intptr_t Reach = std::intptr_t{2047} * MiB;

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::uintptr_t round_up(std::uintptr_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Where the program itself lies. The libraries lie elsewhere, together.
FreeRuns::Run program() {
  FreeRuns::Run found{0, 0};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        auto& run = *static_cast<FreeRuns::Run*>(result);
        run = {UINTPTR_MAX, 0};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr) & header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD) continue;
          run.begin = std::min<std::uintptr_t>(run.begin, info->dlpi_addr + header.p_vaddr);
          run.end = std::max<std::uintptr_t>(run.end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
        }
        return 1;  // the program comes first
      },
      &found);
  return found;
}

std::byte* map_at(std::uintptr_t where, std::size_t size) {
  const int fixed = where ? MAP_FIXED_NOREPLACE : 0;
  void* memory =
      mmap(reinterpret_cast<void*>(where), size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (!where || reinterpret_cast<std::uintptr_t>(memory) == where) return static_cast<std::byte*>(memory);
  munmap(memory, size);  // a kernel that takes the flag for a hint
  return nullptr;
}

/// Addresses near the program: below it, where nothing grows, or else far enough above it to leave its heap room.
std::byte* map_near_program(std::size_t size) {
  const FreeRuns::Run text = program();
  if (text.begin >= text.end) return nullptr;
  const auto step = static_cast<std::intptr_t>(LargestSlab);
  const auto begin = static_cast<std::intptr_t>(text.begin / page_size() * page_size());
  const auto end = static_cast<std::intptr_t>(round_up(text.end, page_size()));
  for (std::intptr_t at = begin - static_cast<std::intptr_t>(size) - step; at > step && end - at < Reach; at -= step)
    if (std::byte* memory = map_at(static_cast<std::uintptr_t>(at), size)) return memory;
  for (std::intptr_t at = end + 1024 * static_cast<std::intptr_t>(MiB);
       at + static_cast<std::intptr_t>(size) - begin < Reach; at += step)
    if (std::byte* memory = map_at(static_cast<std::uintptr_t>(at), size)) return memory;
  return nullptr;
}

/// Lets no thread go on with what its processor had fetched from these addresses before: they may have held other code.
void synchronize_cores() {
  const auto membarrier = [](int command) { return syscall(SYS_membarrier, command, 0, 0); };
  if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE) == 0 || errno != EPERM) return;
  if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) == 0)
    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
}

bool write_one(int file, const CodeSpace::Contents& contents) {
  const std::span<const std::byte> bytes = contents.bytes;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto address = reinterpret_cast<std::uintptr_t>(contents.to + done);
    const ssize_t written = pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(address));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return bytes.empty() || std::memcmp(contents.to, bytes.data(), bytes.size()) == 0;
}

}  // namespace

struct CodeSpace::Slab {
  FreeRuns::Run bytes;
  std::array<FreeRuns::Run, Areas> areas;
  std::array<FreeRuns, Areas> free;

  bool is_empty() const {
    for (std::size_t i = 0; i < Areas; ++i)
      if (!free[i].is_whole(areas[i])) return false;
    return true;
  }
};

std::unique_ptr<CodeSpace> CodeSpace::create() {
  auto space = std::make_unique<CodeSpace>();
  // Tried out, as there are many reasons why it may not be allowed.
  const std::byte probe[] = {std::byte{0xc3}, std::byte{0x1f}};
  Piece piece{Area::Code, sizeof probe, 1};
  if (!space->allocate({&piece, 1})) return nullptr;
  const Contents contents{piece.begin, probe};
  const bool works = write({&contents, 1});
  space->release({&piece, 1});
  return works ? std::move(space) : nullptr;
}

CodeSpace::~CodeSpace() {
  for (const auto& [begin, slab] : slabs_) munmap(reinterpret_cast<void*>(begin), slab->bytes.end - begin);
}

bool CodeSpace::write(std::span<const Contents> all) {
  // Opened anew: one that was opened before a fork would write to the parent. Not /proc/self, which is the first
  // thread's, and has no memory once that has ended.
  const int file = open("/proc/thread-self/mem", O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = std::all_of(all.begin(), all.end(), [&](const Contents& one) { return write_one(file, one); });
  close(file);
  if (written) synchronize_cores();
  return written;
}

CodeSpace::Slab* CodeSpace::add_slab(std::span<const Piece> pieces) {
  std::array<std::size_t, Areas> needed{};
  for (const Piece& piece : pieces) {
    const auto area = static_cast<std::size_t>(piece.area);
    needed[area] += Granules[0] + round_up(piece.size, Granules[area]) + std::max(piece.alignment, Granules[area]);
  }
  for (std::size_t usual = LargestSlab; usual >= SmallestSlab; usual /= 4) {
    std::array<std::size_t, Areas> sizes{};
    std::size_t total = 0;
    for (std::size_t i = 0; i < Areas; ++i)
      total += sizes[i] = round_up(std::max(needed[i], usual / 16 * Shares[i]), page_size());
    std::byte* memory = map_near_program(total);
    if (!memory) memory = map_at(0, total);
    if (!memory) continue;
    auto slab = std::make_unique<Slab>();
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    slab->bytes = {begin, begin + total};
    std::uintptr_t at = begin;
    bool mapped = true;
    for (std::size_t i = 0; i < Areas; ++i, at = slab->areas[i - 1].end) {
      // Something lies before each function, for who looks there (-fsanitize=function).
      slab->areas[i] = {at + Granules[0], at + sizes[i]};
      // Once and for all; nothing has been there yet.
      mapped &= mprotect(reinterpret_cast<void*>(at), sizes[i], Protections[i]) == 0;
      slab->free[i].add_all(slab->areas[i]);
    }
    if (!mapped) {
      munmap(memory, total);
      return nullptr;
    }
    // A function would take two megabytes at once. Not every kernel has them.
    madvise(memory, total, MADV_NOHUGEPAGE);
    Slab* added = slab.get();
    slabs_.emplace(begin, std::move(slab));
    return added;
  }
  return nullptr;
}

bool CodeSpace::take_from(Slab& slab, std::span<Piece> pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    const auto area = static_cast<std::size_t>(piece.area);
    const std::size_t granule = Granules[area];
    const std::size_t size = round_up(std::max<std::size_t>(piece.size, 1), granule);
    const std::optional<std::uintptr_t> begin = slab.free[area].take(size, std::max(piece.alignment, granule));
    if (begin) {
      piece.begin = reinterpret_cast<std::byte*>(*begin);
      continue;
    }
    for (const Piece& taken : pieces.first(i)) give_back(slab, taken);
    return false;
  }
  return true;
}

void CodeSpace::give_back(Slab& slab, const Piece& piece) {
  const auto area = static_cast<std::size_t>(piece.area);
  const auto begin = reinterpret_cast<std::uintptr_t>(piece.begin);
  const std::uintptr_t end = begin + round_up(std::max<std::size_t>(piece.size, 1), Granules[area]);
  const FreeRuns::Run run = slab.free[area].give({begin, end});
  // The pages that this has made wholly free.
  const std::size_t page = page_size();
  const std::uintptr_t first = std::max(round_up(run.begin, page), begin / page * page);
  const std::uintptr_t last = std::min(run.end / page * page, round_up(end, page));
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

bool CodeSpace::allocate(std::span<Piece> pieces) {
  constexpr std::size_t TooMuch = std::size_t{1} << 40;  // by far: sums of it do not overflow
  for (const Piece& piece : pieces)
    if (piece.size > TooMuch || piece.alignment > TooMuch) return false;
  const std::lock_guard lock(mutex_);
  for (const auto& [begin, slab] : slabs_)
    if (take_from(*slab, pieces)) return true;
  Slab* added = add_slab(pieces);
  return added && take_from(*added, pieces);
}

void CodeSpace::release(std::span<const Piece> pieces) {
  if (pieces.empty()) return;
  const std::lock_guard lock(mutex_);
  const auto found = std::prev(slabs_.upper_bound(reinterpret_cast<std::uintptr_t>(pieces.front().begin)));
  Slab& slab = *found->second;
  for (const Piece& piece : pieces) give_back(slab, piece);
  if (slabs_.size() == 1 || !slab.is_empty()) return;
  munmap(reinterpret_cast<void*>(slab.bytes.begin), slab.bytes.end - slab.bytes.begin);
  slabs_.erase(found);
}

CodeSpace::Usage CodeSpace::usage() const {
  const std::lock_guard lock(mutex_);
  Usage usage;
  usage.slabs = slabs_.size();
  for (const auto& [begin, slab] : slabs_) {
    usage.reserved += slab->bytes.end - begin;
    for (std::size_t i = 0; i < Areas; ++i)
      usage.used[i] += slab->areas[i].end - slab->areas[i].begin - slab->free[i].bytes();
  }
  return usage;
}

}  // namespace inlay::jit
