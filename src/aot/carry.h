// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Frozen data that goes into a file: objects of this process become initialized variables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "frozen/registry.h"
#include "inlay/result.h"

namespace llvm {
class Constant;
class GlobalVariable;
class Module;
}  // namespace llvm
namespace inlay::runtime {
class Bodies;
}

namespace inlay::aot {

/// Defines the frozen objects that one module names.
class Carrier {
 public:
  Carrier(llvm::Module& module, runtime::Bodies& bodies) : module_(module), bodies_(bodies) {}

  /// Defines every frozen object that the module declares and uses, and those that these point to. True if there were
  /// any; runtime functions and variables that they point to are declared then, and must be joined.
  Result<bool> carry();

  /// Words that look like addresses and were replaced (see carry.cpp).
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Mapping {
    std::uintptr_t begin, end;
    std::string what;
  };

  Result<void> define(llvm::GlobalVariable& declaration, std::uint32_t id);
  Result<llvm::Constant*> word(const frozen::Object& object, std::size_t offset, std::uintptr_t value,
                               bool read_as_pointer, bool holds_a_field);
  Result<llvm::Constant*> named(const std::string& name, std::uint64_t offset);
  const Mapping* mapping_of(std::uintptr_t address);
  std::optional<frozen::Object> find_by_id(std::uint32_t id);

  llvm::Module& module_;
  runtime::Bodies& bodies_;
  std::unordered_map<std::uint32_t, frozen::Object> objects_;  // of this process; read when first needed
  std::vector<Mapping> mappings_;                              // of this process, sorted; read when first needed
  std::vector<std::string> notes_;
};

}  // namespace inlay::aot
