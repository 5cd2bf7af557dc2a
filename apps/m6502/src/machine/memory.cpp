// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine/memory.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "jit/jit.h"

namespace inlay::m6502 {
namespace {

constexpr int PageSize = 256, Pages = 256;

bool same_device(const DeviceEntry& a, const DeviceEntry& b) {
  return a.read == b.read && a.write == b.write && a.context == b.context;
}

}  // namespace

std::string address_text(std::uint16_t address) {
  char text[8];
  std::snprintf(text, sizeof text, "$%04X", address);
  return text;
}

void Memory::copy_to(std::uint8_t* bytes) const {
  std::memcpy(bytes, bus_->memory, sizeof bus_->watch);
  for (int page = 0; page != Pages; ++page) {
    if (is_whole(page)) continue;
    for (int address = page * PageSize; address != (page + 1) * PageSize; ++address)
      bytes[address] = get(static_cast<std::uint16_t>(address));
  }
}

bool Memory::put(std::uint16_t address, std::uint8_t value, std::optional<std::int64_t> cycle) {
  if (covered(address)) {
    under_[address] = value;
    return false;
  }
  std::uint8_t& byte = bus_->memory[address];
  if (byte == value) return false;
  byte = value;
  if ((bus_->watch[address] & WatchCode) == 0) return false;
  if (jit_) jit_->changed(address, cycle);
  return true;
}

Result<void> Memory::check_pages(int first, int count) {
  if (first < 0 || count < 1 || first > Pages - count)
    return Error(ErrorKind::InvalidArgument, "there are no " + std::to_string(count) + " pages from page " +
                                                 std::to_string(first) + "; pages are 0 to 255");
  return {};
}

int Memory::device_index(const DeviceEntry& device, int first, int count) {
  std::bitset<MaxDevices> used;
  const Map& map = bus_->map;
  for (int page = 0; page != Pages; ++page) {
    if (page >= first && page < first + count) continue;
    if (map.read[page] >= ReadDevice) used.set(map.read[page] - ReadDevice);
    if (map.write[page] >= WriteDevice) used.set(map.write[page] - WriteDevice);
  }
  int free = -1;
  for (int index = MaxDevices - 1; index >= 0; --index) {
    if (same_device(map.devices[index], device)) return index;
    if (!used[static_cast<std::size_t>(index)]) free = index;
  }
  if (free >= 0) bus_->map.devices[free] = device;
  return free;
}

void Memory::set_kind(int first, int count, std::uint8_t read, std::uint8_t write) {
  Map& map = bus_->map;
  for (int page = first; page != first + count; ++page) {
    const bool was_device = map.read[page] != ReadMemory, is_device = read != ReadMemory;
    for (int offset = 0; was_device != is_device && offset != PageSize; ++offset) {
      const auto address = static_cast<std::uint16_t>(page * PageSize + offset);
      if (hooked_[address]) continue;
      if (is_device) {
        under_[address] = bus_->memory[address];
        bus_->memory[address] = JamOpcode;
      } else {
        bus_->memory[address] = under_[address];
      }
    }
    map.read[page] = read;
    map.write[page] = write;
    watch_page(page);
  }
  map_changed(first, count);
}

void Memory::watch_page(int page) {
  const bool plain = bus_->map.read[page] == ReadMemory && bus_->map.write[page] == WriteMemory;
  for (int offset = 0; offset != PageSize; ++offset) {
    const auto address = static_cast<std::uint16_t>(page * PageSize + offset);
    std::uint8_t& watch = bus_->watch[address];
    watch = static_cast<std::uint8_t>(plain && !hooked_[address] ? watch & ~WatchPage : watch | WatchPage);
  }
}

Result<std::uint32_t> Memory::add_bank(std::vector<std::uint8_t> bytes, bool writable) {
  if (bytes.empty() || bytes.size() % PageSize != 0 || bytes.size() > std::size_t{Pages} * PageSize)
    return Error(ErrorKind::InvalidArgument,
                 "a bank of " + std::to_string(bytes.size()) + " bytes; a bank is 1 to 256 whole pages of 256 bytes");
  banks_.push_back({std::move(bytes), writable});
  return static_cast<std::uint32_t>(banks_.size());
}

/// Copies a page back into its bank. The bytes stay until others come.
void Memory::take_out(int page) {
  const auto number = std::exchange(bank_of_[static_cast<std::size_t>(page)], 0);
  if (number == 0) return;
  Bank& bank = banks_[number - 1];
  if (!bank.writable) return;
  const auto from = static_cast<std::size_t>(page) * PageSize;
  std::uint8_t* to = bank.bytes.data() + static_cast<std::size_t>(page - bank.at) * PageSize;
  if (is_whole(page))
    std::memcpy(to, bus_->memory + from, PageSize);
  else
    for (std::size_t offset = 0; offset != PageSize; ++offset)
      to[offset] = get(static_cast<std::uint16_t>(from + offset));
}

Result<void> Memory::switch_in(std::uint32_t number, int page) {
  if (number == 0 || number > banks_.size())
    return Error(ErrorKind::InvalidArgument, "there is no bank " + std::to_string(number));
  Bank& bank = banks_[number - 1];
  const int count = static_cast<int>(bank.bytes.size() / PageSize);
  INLAY_TRY_VOID(check_pages(page, count));

  const auto begin = bank_of_.begin() + page;
  if (bank.at == page && std::all_of(begin, begin + count, [&](std::uint32_t in) { return in == number; })) return {};
  if (bank.at >= 0)
    for (int old = bank.at; old != bank.at + count; ++old)
      if (bank_of_[static_cast<std::size_t>(old)] == number) take_out(old);
  for (int other = page; other != page + count; ++other) take_out(other);

  bank.at = page;
  Map& map = bus_->map;
  for (int index = 0; index != count; ++index) {
    const int to = page + index;
    bank_of_[static_cast<std::size_t>(to)] = number;
    const std::uint8_t* from = bank.bytes.data() + static_cast<std::size_t>(index) * PageSize;
    for (int offset = 0; !is_whole(to) && offset != PageSize; ++offset) {
      const auto address = static_cast<std::uint16_t>(to * PageSize + offset);
      (covered(address) ? under_[address] : bus_->memory[address]) = from[offset];
    }
    if (is_whole(to)) std::memcpy(bus_->memory + to * PageSize, from, PageSize);
    const std::uint8_t kind = bank.writable ? WriteMemory : WriteNothing;
    if (map.write[to] >= WriteDevice || map.write[to] == kind) continue;
    map.write[to] = kind;
    watch_page(to);
  }
  map_changed(page, count);
  return {};
}

void Memory::hook(std::uint16_t address, bool on) {
  if (hooked_[address] == on) return;
  const std::uint8_t byte = get(address);
  hooked_[address] = on;
  hooks_[address >> 8] = static_cast<std::uint16_t>(hooks_[address >> 8] + (on ? 1 : -1));
  under_[address] = byte;
  if (bus_->map.read[address >> 8] == ReadMemory) bus_->memory[address] = on ? JamOpcode : byte;
  watch_page(address >> 8);
  map_changed(address >> 8, 1);
}

void Memory::map_changed(int first, int count) {
  if (jit_) jit_->map_changed(first, count);
}

}  // namespace inlay::m6502
