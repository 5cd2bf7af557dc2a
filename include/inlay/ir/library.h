// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Libraries: programs in a compact binary form (`.inlaylib`) that is mapped, and decoded only where it is reached.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// The module as bytes; the same module gives the same bytes.
Result<std::vector<std::byte>> to_library(const Module& module);

/// A library, mapped or in memory. Bytes from outside are never trusted: damage is an error wherever it is met.
class Library {
 public:
  /// Maps the file. Opening costs the same whatever its size.
  static Result<Library> open(const std::string& path);
  /// The bytes must outlive it.
  static Result<Library> open(std::span<const std::byte> bytes, std::string name);
  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();

  /// The names that it defines, sorted.
  std::vector<std::string> names() const;
  /// Whether it defines that function or data.
  bool defines(std::string_view name) const;

  /// Adds the definition of a name to a module, with the types it mentions; what else it mentions is declared as
  /// external, or only named where it is generic.
  Result<void> load(Module& into, std::string_view name) const;
  /// Everything.
  Result<void> load_all(Module& into) const;

  struct State;

 private:
  explicit Library(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Defines what a module declares as external, and what that needs in turn, from the libraries, the first one that has
/// it. What none has stays external.
Result<void> link(Module& module, std::span<const Library* const> libraries);

}  // namespace inlay::ir
