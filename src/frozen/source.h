// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Places in guests' sources, by the addresses of programs in frozen memory (inlay/source.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlay/source.h"

namespace inlay::frozen {

struct SourceFunction {
  std::string name, file;
  unsigned line = 0;
};

/// A place, with what it needs to be read.
struct SourcePlace {
  std::shared_ptr<const SourceFunction> function;
  unsigned line = 0, column = 0;
  bool entry = false;  // of the function
};

/// What was said of one region. Never changed once others see it.
class SourceTable {
 public:
  std::optional<SourcePlace> code_at(std::uintptr_t address) const;
  std::optional<SourcePlace> node_at(std::uintptr_t address) const;

  void add(const GuestSource::State& source);

 private:
  struct Piece {
    std::uintptr_t size = 0;
    SourcePlace place;
  };
  std::map<std::uintptr_t, Piece> code_;
  std::map<std::uintptr_t, SourcePlace> nodes_;
};

/// Whether anything was ever said of a region.
bool any_source();

/// Null if nothing was said. Costs next to nothing while nothing was said of any region.
std::shared_ptr<const SourceTable> source_of(const std::shared_ptr<Region>& region);

}  // namespace inlay::frozen
