// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a running Lox program has around it: globals, constants, classes, the heap, its output, and how much stack it
// may use.
#pragma once

#include "function.h"
#include "heap.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lox {

/// Who makes a program faster while it runs, if anybody does.
class TierUp {
 public:
  virtual ~TierUp() = default;
  /// The function was counted for a while. May change function.code.
  virtual void function_is_warm(const Function& function) = 0;
  /// The same of a loop, which runs now. True if run_loop() would run it faster than it runs.
  virtual bool loop_is_warm(const Loop& loop) = 0;
  virtual Flow run_loop(const Loop& loop, Frame& frame) = 0;
  /// `site` is to become `next`.
  virtual void change(Site& site, const Site& next) = 0;
};

/// Calls and jumps back between two questions of whether a function or loop is warm.
constexpr std::uint32_t heat_step = 512;

/// The whole state of Lox, of one thread.
class Vm {
 public:
  Vm();
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;
  ~Vm();

  /// What a program that is compiled now is to begin with.
  int next_constant() const { return static_cast<int>(constants_.size()); }
  Shape next_shape() const { return static_cast<Shape>(layouts_.size()); }
  /// Makes room for what it needs: its constants, a shape for each function, and so many globals as there are by now.
  void add(const std::vector<std::string>& constants, std::size_t function_count, std::size_t global_count);
  void add(const Program& program, std::size_t global_count) {
    add(program.constants, program.functions.size(), global_count);
  }

  /// Defines the native functions, as the globals of these numbers.
  void define_natives(int clock_index);

  /// Runs a whole program on this thread. Throws RuntimeError, OutputError.
  void run(const Function& script);

  /// Whether calls should nest no deeper. `roots`: of a new frame, which needs this many.
  bool is_stack_low(Roots roots, int root_count) const {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_limit_ ||
           roots_limit_ - roots < root_count;
  }
  /// Calls may use the stack of this thread down to here.
  void set_stack_limit(std::uintptr_t address) { stack_limit_ = address; }

  Value& global(int index) { return globals_[static_cast<std::size_t>(index)]; }
  Value constant(int index) const { return constants_[static_cast<std::size_t>(index)]; }

  Shape new_shape();
  /// The layout of instances of this shape.
  const Layout& layout(Shape shape) const { return *layouts_[shape]; }
  Layout& new_layout(Class& owner, Layout* parent, const String* name);
  void forget_layouts(const Class& owner);

  /// No frame begins at `begin` or behind it: roots that are left there go.
  void clear_roots_from(Roots begin);

  void print(Value value);
  void flush();

 private:
  friend class Heap;  // which marks what is here

  std::vector<Value> globals_;
  std::vector<Value> constants_;
  std::vector<Layout*> layouts_;
  Roots roots_ = nullptr;
  Roots roots_limit_ = nullptr;
  std::uintptr_t stack_limit_ = 0;

 public:
  Heap heap;  // the last of all, which goes first: classes know their layouts to the end
  TierUp* tier_up = nullptr;
};

/// Standard output could not be written.
struct OutputError {
  int error;  // errno
};

/// How `print` writes a value.
std::string to_text(Value value);

}  // namespace lox
