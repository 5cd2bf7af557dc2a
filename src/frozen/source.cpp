// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/source.h"

#include <atomic>
#include <mutex>

#include "frozen/recording.h"

namespace inlay {

struct GuestSource::State {
  struct Entry {
    std::uintptr_t begin;
    std::size_t bytes;  // 0: a node
    unsigned function, line, column;
    bool entry = false;
  };
  std::vector<std::shared_ptr<const frozen::SourceFunction>> functions;
  std::vector<Entry> entries;
};

GuestSource::GuestSource() {
  const frozen::Unrecorded unrecorded;
  state_ = std::make_shared<State>();
}

unsigned GuestSource::add_function(std::string_view name, std::string_view file, unsigned line) {
  const frozen::Unrecorded unrecorded;
  state_->functions.push_back(
      std::make_shared<frozen::SourceFunction>(frozen::SourceFunction{std::string(name), std::string(file), line}));
  return static_cast<unsigned>(state_->functions.size());
}

void GuestSource::add_code(const void* begin, std::size_t bytes, unsigned function, unsigned line, unsigned column) {
  const frozen::Unrecorded unrecorded;
  if (bytes > 0) state_->entries.push_back({reinterpret_cast<std::uintptr_t>(begin), bytes, function, line, column});
}

void GuestSource::add_node(const void* node, unsigned function, unsigned line, unsigned column) {
  const frozen::Unrecorded unrecorded;
  state_->entries.push_back({reinterpret_cast<std::uintptr_t>(node), 0, function, line, column});
}

void GuestSource::add_entry(const void* node, unsigned function) {
  const frozen::Unrecorded unrecorded;
  const unsigned line =
      function > 0 && function <= state_->functions.size() ? state_->functions[function - 1]->line : 0;
  state_->entries.push_back({reinterpret_cast<std::uintptr_t>(node), 0, function, line, 0, true});
}

namespace frozen {

std::optional<SourcePlace> SourceTable::code_at(std::uintptr_t address) const {
  auto piece = code_.upper_bound(address);
  if (piece == code_.begin()) return std::nullopt;
  --piece;
  if (address - piece->first >= piece->second.size || !piece->second.place.function) return std::nullopt;
  return piece->second.place;
}

std::optional<SourcePlace> SourceTable::node_at(std::uintptr_t address) const {
  auto node = nodes_.find(address);
  if (node == nodes_.end() || !node->second.function) return std::nullopt;
  return node->second;
}

void SourceTable::add(const GuestSource::State& source) {
  for (const GuestSource::State::Entry& entry : source.entries) {
    SourcePlace place{nullptr, entry.line, entry.column, entry.entry};
    if (entry.function > 0 && entry.function <= source.functions.size())
      place.function = source.functions[entry.function - 1];
    if (entry.bytes > 0)
      code_[entry.begin] = {entry.bytes, std::move(place)};
    else
      nodes_[entry.begin] = std::move(place);
  }
}

namespace {

struct Said {
  std::weak_ptr<Region> region;
  std::shared_ptr<const SourceTable> table;
};

std::mutex mutex;
std::map<const Region*, Said> said;  // entries of regions that are gone are dropped when the next one is added
std::atomic<std::size_t> said_count = 0;

}  // namespace

bool any_source() { return said_count.load(std::memory_order_acquire) > 0; }

std::shared_ptr<const SourceTable> source_of(const std::shared_ptr<Region>& region) {
  if (!any_source() || !region) return nullptr;
  std::lock_guard lock(mutex);
  auto found = said.find(region.get());
  // Another region may have come to lie where one was that is gone.
  if (found == said.end() || found->second.region.lock() != region) return nullptr;
  return found->second.table;
}

}  // namespace frozen

Result<void> annotate_source(const std::shared_ptr<frozen::Region>& region, const GuestSource& source) {
  const frozen::Unrecorded unrecorded;
  if (!region)
    return Error(ErrorKind::InvalidArgument,
                 "there is no region to annotate; freeze the program, or promise it constant");
  auto table = std::make_shared<frozen::SourceTable>();
  std::lock_guard lock(frozen::mutex);
  std::erase_if(frozen::said, [](const auto& entry) { return entry.second.region.expired(); });
  frozen::Said& entry = frozen::said[region.get()];
  if (entry.table) *table = *entry.table;
  table->add(source.state());
  entry = {region, std::move(table)};
  frozen::said_count.store(frozen::said.size(), std::memory_order_release);
  return {};
}

}  // namespace inlay
