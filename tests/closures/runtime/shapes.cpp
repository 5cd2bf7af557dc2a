// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "shapes.h"

#include <algorithm>

#include "inlay/annotate.h"

namespace hand {

Code number(Int value) {
  return [value](Env&) { return value; };
}
Code variable_x() {
  return [](Env& env) { return env.x; };
}
Code add(Code left, Code right) {
  return [left = std::move(left), right = std::move(right)](Env& env) { return left(env) + right(env); };
}
Code if_else(Code condition, Code yes, Code no) {
  return [=](Env& env) { return condition(env) ? yes(env) : no(env); };
}
Code sum_of(std::vector<Code> items) {
  return [items = std::move(items)](Env& env) {
    Int total = 0;
    for (const Code& item : items) total += item(env);
    return total;
  };
}
Code sum_backwards(std::vector<Code> items) {
  return [items = std::move(items)](Env& env) {
    Int total = items.back()(env);
    for (auto item = items.rbegin(); item != items.rend(); ++item) total = total * 10 + (*item)(env);
    return total;
  };
}
Code sum_of_grid(std::vector<std::vector<Code>> rows) {
  return [rows = std::move(rows)](Env& env) {
    Int total = 0;
    for (const auto& row : rows)
      for (const Code& cell : row) {
        Int value = cell(env);
        if (value == 77) break;
        total = total * 3 % 1000003 + value;
      }
    return total;
  };
}
Code one_of(std::vector<Code> items) {
  return [items = std::move(items)](Env& env) { return items[static_cast<std::size_t>(env.x)](env); };
}
Code character_of(std::string text) {
  return [text = std::move(text)](Env& env) { return Int{text[static_cast<std::size_t>(env.x)]}; };
}
Code count_up(inlay::Mutable<Int> counter) {
  return [counter](Env& env) { return counter.get() += env.x; };
}
Code call_shared(std::shared_ptr<Code> code) {
  return [code = std::move(code)](Env& env) {
    std::shared_ptr<Code> mine = code;
    return (*mine)(env);
  };
}
Code references_of(std::shared_ptr<Code> code) {
  return [code = std::move(code)](Env&) {
    long before = code.use_count();
    std::shared_ptr<Code> mine = code;
    return Int{before * 100 + code.use_count()};
  };
}
Code empty_call() {
  return [nothing = Code()](Env& env) { return nothing(env); };
}
Code host_call(Int (*function)(Int)) {
  return [function](Env& env) { return function(env.x); };
}
std::function<void(Env&)> set_y(Code value) {
  return [value = std::move(value)](Env& env) { env.y = value(env); };
}
std::function<double(double, float)> scale(double factor) {
  return [factor](double a, float b) { return factor * a + static_cast<double>(b); };
}
std::function<std::string(const std::string&, std::string)> join(std::string between) {
  return [between = std::move(between)](const std::string& left, std::string right) { return left + between + right; };
}
std::function<Int&(Env&)> choose_place(bool first) {
  return [first](Env& env) -> Int& { return first ? env.x : env.y; };
}

inlay::Result<inlay::Function<Int(Int)>> compile_polynomial(const inlay::Jit& jit, Int a, Int b, Int c) {
  auto lambda = jit.freeze([&] {
    auto linear = [b, c](Int x) { return b * x + c; };
    return [a, linear](Int x) { return a * x * x + linear(x); };
  });
  return jit.optimize<Int(Int)>(lambda);
}

inlay::Result<inlay::Function<Int(Int)>> compile_counting_lambda(const inlay::Jit& jit) {
  auto lambda = jit.freeze([&] { return [count = inlay::Mutable<Int>(0)](Int x) { return count.get() += x; }; });
  return jit.optimize<Int(Int)>(lambda);
}

Int run_number(const Node* self, Env&) { return self->value; }
Int run_x(const Node*, Env& env) { return env.x; }
Int run_multiply(const Node* self, Env& env) {
  return self->left->run(self->left, env) * self->right->run(self->right, env);
}

namespace {

struct Square final : Shape {
  explicit Square(Int s) : side(s) {}
  Int area(Int scale) const override { return side * side * scale; }
  Int touch() override { return side; }
  Int side;
};

struct Group final : Shape {
  explicit Group(std::vector<std::unique_ptr<Shape>> m) : members(std::move(m)) {}
  Int area(Int scale) const override {
    Int total = 0;
    for (const auto& member : members) total += member->area(scale);
    return total;
  }
  std::vector<std::unique_ptr<Shape>> members;
};

struct Label {
  virtual ~Label() = default;
  virtual Int length() const { return 5; }
  Int weight = 3;
};

struct Labelled : Label, Shape {
  explicit Labelled(Int s) : side(s) {}
  Int area(Int scale) const override { return side * scale + length() + weight; }
  Int side;
};

struct Base : virtual Shape {
  Int offset = 9;
};
struct Diamond : Base {
  explicit Diamond(Int s) : side(s) {}
  Int area(Int scale) const override { return side * scale + offset; }
  Int side;
};

}  // namespace

std::unique_ptr<Shape> square(Int side) { return std::make_unique<Square>(side); }
std::unique_ptr<Shape> group(std::vector<std::unique_ptr<Shape>> members) {
  return std::make_unique<Group>(std::move(members));
}
std::unique_ptr<Shape> with_second_base(Int side) { return std::make_unique<Labelled>(side); }
std::unique_ptr<Shape> with_virtual_base(Int side) { return std::make_unique<Diamond>(side); }

Int run_state(const State* self, Int left, Int total) {
  if (left == 0) return total;
  return self->next->run(self->next, left - 1, total + self->step);
}

namespace {
std::uintptr_t lowest = UINTPTR_MAX;
INLAY_NOINLINE void note_stack() {
  lowest = std::min(lowest, reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)));
}
}  // namespace

std::uintptr_t lowest_stack() { return lowest; }
void forget_lowest_stack() { lowest = UINTPTR_MAX; }

std::shared_ptr<Recursive> countdown() {
  auto self = std::make_shared<Recursive>();
  Code call = [definition = self.get()](Env& env) {
    --env.x;
    Env inner = env;  // a frame with something in it
    Int result = definition->body(inner);
    env.calls = inner.calls + 1;
    return result;
  };
  Code bottom = [](Env&) {
    note_stack();
    return Int{0};
  };
  self->body = if_else(variable_x(), add(number(1), add(call, number(0))), bottom);
  return self;
}

}  // namespace hand
