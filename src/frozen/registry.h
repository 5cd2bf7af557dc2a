// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known to be constant, by address: the only question that the evaluator asks of this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "inlay/frozen.h"

namespace inlay::frozen {

/// One frozen object: an allocation recorded in a scope, a promised range, or a promised graph (size 0: its extent is
/// not known, only its root). Ids are never reused in a process.
struct Object {
  std::uint32_t id = 0;
  const std::byte* begin = nullptr;
  std::size_t size = 0;
  bool graph = false;              // begin is the root of a constant_graph
  bool open = false;               // some bytes are Mutable<T> or reference counts: stores to them are legal
  std::shared_ptr<Region> region;  // keeps the memory mapped and unchanged
};

/// The object that holds `address`; an address one past the end of an object is that object's, unless another begins
/// there. A graph is only found at its root, and only if nothing else holds that address. Safe from any thread.
std::optional<Object> find(const void* address);

/// Whether `address[0, size)` lies inside one frozen object and touches none of its open parts: only then do its bytes
/// never change while the object's region is held. Never true of a graph's memory that is not frozen as well: there,
/// the reader knows by itself how it came to an address, and asks is_open().
bool is_constant(const void* address, std::size_t size);

/// Whether a living Mutable<T> overlaps `address[0, size)`, in frozen memory or elsewhere.
bool is_open(const void* address, std::size_t size);

/// Copies `size` bytes at `address` without faulting when it is not mapped (used for graphs, whose extent is only
/// promised). False if they could not be read.
bool read_safely(const void* address, std::size_t size, void* into);

}  // namespace inlay::frozen
