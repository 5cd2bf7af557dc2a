// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Damaged entries must be refused, or followed within bounds. An input is an entry's bytes, or, where it begins with
// 'P', the log and the facts of an entry whose checksums are right (two bytes say where the log ends).
#include <algorithm>
#include <cstring>

#include "cache/cache.h"
#include "cache/trie.h"

namespace {

using namespace inlay;

const base::Bytes& request() {
  static const base::Bytes bytes = [] {
    base::Bytes made;
    base::Writer(made).text("a function");
    return made;
  }();
  return bytes;
}

base::Bytes sound_entry(std::span<const std::byte> parts) {
  std::size_t log = 0;
  if (parts.size() >= 2) {
    log = std::to_integer<std::size_t>(parts[0]) | std::to_integer<std::size_t>(parts[1]) << 8;
    parts = parts.subspan(2);
  }
  log = std::min(log, parts.size());
  return cache::write_entry({base::hash128(request()), request(), parts.first(log), parts.subspan(log), {}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const long node[8] = {1, 2, 3};
  static const auto promise = promise_constant(node, sizeof node, "a node", Strength::Checked);
  std::span<const std::byte> input(reinterpret_cast<const std::byte*>(data), size);
  base::Bytes bytes(input.begin(), input.end());
  if (!input.empty() && input[0] == std::byte{'P'}) bytes = sound_entry(input.subspan(1));
  if (std::optional<cache::Entry> entry = cache::read_entry(bytes)) (void)cache::read_facts(entry->facts);
  (void)cache::object_is_sound(bytes);
  const std::shared_ptr<CacheStore> store = cache::memory_store(1 << 20);
  (void)store->put(cache::name_of(base::hash128(request())), bytes);
  cache::State state(store);
  const void* pointer = node;
  base::Bytes bound(16);
  std::memcpy(bound.data(), &pointer, sizeof pointer);
  (void)cache::find(state, {request(), bound});
  return 0;
}
