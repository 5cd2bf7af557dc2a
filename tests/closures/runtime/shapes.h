// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures of each shape as their authors write them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "inlay/frozen.h"
#include "inlay/jit.h"

namespace hand {

using Int = std::int64_t;

struct Env {
  Int x = 0, y = 0;
  int calls = 0;
  bool operator==(const Env&) const = default;
};

// std::function
using Code = std::function<Int(Env&)>;
Code number(Int value);
Code variable_x();
Code add(Code left, Code right);
Code if_else(Code condition, Code yes, Code no);
Code sum_of(std::vector<Code> items);
Code sum_backwards(std::vector<Code> items);
Code sum_of_grid(std::vector<std::vector<Code>> rows);
Code one_of(std::vector<Code> items);  // the item of index env.x
Code character_of(std::string text);   // the character of index env.x
Code count_up(inlay::Mutable<Int> counter);
Code call_shared(std::shared_ptr<Code> code);    // holds a reference while it calls
Code references_of(std::shared_ptr<Code> code);  // use_count()
Code empty_call();                               // calls an empty std::function
Code host_call(Int (*function)(Int));
std::function<void(Env&)> set_y(Code value);
std::function<double(double, float)> scale(double factor);
std::function<std::string(const std::string&, std::string)> join(std::string between);
std::function<Int&(Env&)> choose_place(bool first);

// lambdas with captures; compiled here, where their types are known
inlay::Result<inlay::Function<Int(Int)>> compile_polynomial(const inlay::Jit& jit, Int a, Int b, Int c);
inlay::Result<inlay::Function<Int(Int)>> compile_counting_lambda(const inlay::Jit& jit);

// function pointer + struct
struct Node;
using Run = Int (*)(const Node* self, Env& env);
struct Node {
  Run run;
  const Node* left = nullptr;
  const Node* right = nullptr;
  Int value = 0;
};
Int run_number(const Node* self, Env& env);
Int run_x(const Node* self, Env& env);
Int run_multiply(const Node* self, Env& env);

// virtual nodes
struct Shape {
  virtual ~Shape() = default;
  virtual Int area(Int scale) const = 0;
  virtual Int touch() { return 0; }
};
std::unique_ptr<Shape> square(Int side);
std::unique_ptr<Shape> group(std::vector<std::unique_ptr<Shape>> members);
std::unique_ptr<Shape> with_second_base(Int side);
std::unique_ptr<Shape> with_virtual_base(Int side);

// a cycle: two states that call each other through pointers
struct State {
  Int (*run)(const State* self, Int left, Int total) = nullptr;
  const State* next = nullptr;
  Int step = 0;
};
Int run_state(const State* self, Int left, Int total);

/// A recursive definition; each call notes how far the stack reaches.
struct Recursive {
  std::function<Int(Env&)> body;
};
std::shared_ptr<Recursive> countdown();  // body: env.x-- > 0 ? 1 + body(env) : 0, through several closures
std::uintptr_t lowest_stack();
void forget_lowest_stack();

}  // namespace hand
