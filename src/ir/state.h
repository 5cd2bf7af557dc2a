// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a module keeps beside its tables: text, and the indexes that find what is there already.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"
#include "ir/interner.h"

namespace inlay::ir {

struct Text {
  const char* data = nullptr;
  std::uint64_t size = 0;
};

struct Module::State {
  Arena<Text, StringId> texts{1u << 26};
  Arena<char, Id<struct CharTag>> characters{~0u};  // of texts that were copied
  Arena<StringId, InstId> names{1u << 27};          // up to the last instruction that has one
  std::vector<StringId> files;
  std::optional<Error> error;
  bool own_names = false;          // see allow_own_names()
  unsigned layout_depth = 0;       // how many types are being laid out
  bool layout_unfinished = false;  // met one that is not defined yet

  Interner text_index, type_index, const_index, symbol_index, type_names, file_index, instance_index, data_texts;
};

/// Mixes a number into a hash; good enough for tables, and the same everywhere.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

}  // namespace inlay::ir
