// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which variable a name means. The parser tells the resolver of each function, block, declaration and use as it meets
// them, so that what it complains about stands in the order of the source among the parser's own complaints.
#pragma once

#include "frontend.h"
#include "syntax.h"

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lox {

class Resolver {
 public:
  /// Outside of all blocks of `script`, variables are global. Both must outlive the resolver, as must names it is
  /// given.
  Resolver(syntax::Function& script, GlobalNames& globals);

  /// Parameters and the locals of the body's outermost block share a scope. A method begins with its `this`.
  void begin_function(syntax::Function& function);
  void end_function();
  void begin_block();
  void end_block();

  /// Whether the innermost block has a variable of this name. Globals may be declared again and again.
  bool is_declared_here(std::string_view name) const;
  /// Declares a variable in the innermost block. It is not to be read before it is defined.
  syntax::Declared declare(std::string_view name);
  /// Says that the variable declared last has its value.
  void define();

  struct Use {
    syntax::Place place;
    bool is_defined;  // else the use is in the variable's own initializer
  };
  Use use(std::string_view name);

 private:
  /// A local that is in scope, or hidden by another of its name.
  struct Binding {
    std::string_view name;
    syntax::Local* local;
    int level;  // of its function, in levels_
    bool is_defined;
    int hidden;  // the binding of this name that was visible before, or -1
  };
  /// A function that is not complete yet; each stands in the one before.
  struct Level {
    syntax::Function* function;
    std::size_t block_count;  // how many blocks were open around it
    int slot_count = 0;
    std::unordered_map<const syntax::Local*, int> captures;
  };

  bool is_global_scope() const { return block_starts_.empty(); }
  int innermost_level() const { return static_cast<int>(levels_.size()) - 1; }
  const Binding* find(std::string_view name) const;
  int capture(const Binding& binding);

  GlobalNames& globals_;
  std::vector<Level> levels_;
  std::vector<Binding> bindings_;
  std::vector<std::size_t> block_starts_;              // for each open block, its first binding
  std::unordered_map<std::string_view, int> visible_;  // the index of the binding that a name means, or -1
};

}  // namespace lox
