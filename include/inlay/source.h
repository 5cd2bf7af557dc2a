// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a guest program stands in its own source: what reports, debuggers and profilers show of compiled code.
//
//   inlay::GuestSource source;
//   unsigned fib = source.add_function("fib", "/home/me/fib.asm", 1);
//   source.add_code(&code[7], sizeof code[7], fib, /*line=*/12);
//   inlay::annotate_source(program.region(), source);
//
// Everything goes by the address that a piece of the program has in frozen or promised memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "inlay/frozen.h"
#include "inlay/result.h"

namespace inlay {

/// Functions and lines of one guest program, as its front end collects them. One thread at a time; inside of freeze(),
/// too: what it keeps is never frozen. Copies share what was added.
class GuestSource {
 public:
  GuestSource();

  /// A function of the guest: how a debugger calls it, the file that it looks for (an absolute path is found from
  /// everywhere), and the line where it begins. Returns its number; they count from 1.
  unsigned add_function(std::string_view name, std::string_view file, unsigned line = 0);

  /// Code of an interpreter that lies at `begin`: an instruction, or several of one line. The code of a context() is
  /// that of the address it says; where it says an integer, that of the first instruction that the interpreter reads
  /// there. Where pieces overlap, the one that begins last counts. Numbers that add_function() did not return mean no
  /// place.
  void add_code(const void* begin, std::size_t bytes, unsigned function, unsigned line, unsigned column = 0);

  /// A node of a tree: what functions that take its address do belongs to it.
  void add_node(const void* node, unsigned function, unsigned line, unsigned column = 0);

  /// A node that is the guest's function itself: where something is specialized for it, the guest enters the function,
  /// at the line where that begins. So one that calls itself is told from one whose nodes lie in one another.
  void add_entry(const void* node, unsigned function);

  /// A closure of type F that `closure` holds now and that is only moved from here on. One that std::function keeps
  /// inside of itself, because it is small, has no address to know it by: it counts with what calls it.
  template <class F, class Signature>
  void add_closure(const std::function<Signature>& closure, unsigned function, unsigned line, unsigned column = 0) {
    const auto* held = reinterpret_cast<const std::byte*>(closure.template target<F>());
    const auto* begin = reinterpret_cast<const std::byte*>(&closure);
    const bool inside = std::less_equal<>()(begin, held) && std::less<>()(held, begin + sizeof closure);
    if (held && !inside) add_node(held, function, line, column);
  }

  struct State;
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

/// Makes the places known for all that is compiled from `region` from here on. They are copied, hold until the region
/// goes, and add to what was said of it before. Addresses outside of the region have no effect. Any thread may call it.
Result<void> annotate_source(const std::shared_ptr<frozen::Region>& region, const GuestSource& source);

}  // namespace inlay
