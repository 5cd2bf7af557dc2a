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

/// The definitions and declarations of a module that verify() found good, as bytes. The same definitions give the same
/// bytes, in whatever order they were made. Instances of generics are made anew where the library is used.
Result<std::vector<std::byte>> to_library(const Module& module);

/// A library, mapped or in memory. Bytes from outside are never trusted: damage is an error wherever it is met, and
/// what was loaded is to be verified as any program. Safe to use from several threads, into different modules.
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
  /// external, or only named where it is generic. What the module has already is left alone if it says the same; if it
  /// says something else, that is an error. After an error the module holds a part and is good for nothing but reset().
  Result<void> load(Module& into, std::string_view name) const;
  /// Everything.
  Result<void> load_all(Module& into) const;

  struct State;
  const State& state() const { return *state_; }  // for Inlay itself

 private:
  explicit Library(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Defines what a module declares as external, and what that needs in turn, from the libraries, the first one that has
/// it; what a library does not export, it uses itself whatever others have. What none has stays external. It is an
/// error if two definitions of a name would have to be there that do not say the same.
Result<void> link(Module& module, std::span<const Library* const> libraries);

}  // namespace inlay::ir
