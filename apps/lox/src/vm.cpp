// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "vm.h"

#include "error.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>
#include <stdexcept>

namespace lox {
namespace {

// Addresses only: pages come when they are used. This bounds how deep calls nest where C++ needs little of its stack
// for each: what is deeper is endless.
constexpr std::size_t roots_bytes = std::size_t{8} << 20;
// What a frame may need beyond the roots where it calls: those of variables if it calls nothing, one for each level of
// an expression, and the arguments of a call that stays one.
constexpr std::size_t spare_roots = 16384;
static_assert(spare_roots > syntax::max_locals + syntax::max_depth + 512);

Value native_clock(Vm&, const Value*) {
  return Value::number(static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC));
}

Value new_native(Heap& heap, Roots top, Value (*function)(Vm&, const Value*), int arity) {
  auto* native = heap.allocate<Native>(sizeof(Native), Type::Native, native_shape, top);
  native->function = function;
  native->arity = arity;
  return Value::object(native);
}

std::string to_text(double number) {
  if (std::isnan(number)) return "nan";  // its sign is nobody's business
  char text[64];
  // Whole numbers have no exponent as long as all of their digits mean something.
  const bool whole = std::fabs(number) <= 0x1p53 && number == std::trunc(number);
  const std::to_chars_result end = whole ? std::to_chars(text, text + sizeof text, number, std::chars_format::fixed)
                                         : std::to_chars(text, text + sizeof text, number);
  return {text, end.ptr};
}

std::string to_text(const Closure& closure) {
  const std::string& name = closure.function->name;
  return name.empty() ? "<script>" : "<fn " + name + ">";
}

}  // namespace

std::string to_text(Value value) {
  switch (value.kind) {
    case Kind::Undefined:
      return "undefined";
    case Kind::Nil:
      return "nil";
    case Kind::Boolean:
      return value.bits != 0 ? "true" : "false";
    case Kind::Number:
      return to_text(value.as_number());
    case Kind::Object:
      break;
  }
  switch (value.as_object()->type) {
    case Type::String:
      return std::string(as<String>(value)->text());
    case Type::Closure:
      return to_text(*as<Closure>(value));
    case Type::Class:
      return std::string(as<Class>(value)->name->text());
    case Type::Instance:
      return std::string(as<Instance>(value)->owner->name->text()) + " instance";
    case Type::BoundMethod:
      return to_text(*as<BoundMethod>(value)->method);
    case Type::Native:
      return "<native fn>";
    case Type::Free:
    case Type::Box:
      break;
  }
  return "?";
}

Vm::Vm() : layouts_(first_free_shape, nullptr), heap(*this) {
  void* memory = mmap(nullptr, roots_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  roots_ = static_cast<Roots>(memory);
  roots_limit_ = roots_ + roots_bytes / sizeof(Object*) - spare_roots;
}

Vm::~Vm() { munmap(roots_, roots_bytes); }

void Vm::add(const std::vector<std::string>& constants, std::size_t function_count, std::size_t global_count) {
  globals_.resize(std::max(globals_.size(), global_count), Value::undefined());
  for (const std::string& text : constants) constants_.push_back(Value::object(heap.intern(text, roots_)));
  layouts_.resize(layouts_.size() + function_count, nullptr);
}

void Vm::define_natives(int clock_index) { global(clock_index) = new_native(heap, roots_, native_clock, 0); }

void Vm::run(const Function& script) { script.code.get()(&script, *this, nullptr, roots_, nullptr, nullptr); }

Shape Vm::new_shape() {
  if (layouts_.size() > 0xffff'fffe) throw std::length_error("there are no more shapes");
  layouts_.push_back(nullptr);
  return static_cast<Shape>(layouts_.size() - 1);
}

Layout& Vm::new_layout(Class& owner, Layout* parent, const String* name) {
  const Shape shape = new_shape();
  const std::uint32_t count = parent ? parent->count + 1 : 0;
  Layout& layout = *owner.layouts.emplace_back(new Layout{shape, &owner, parent, name, count});
  if (parent) parent->next.emplace(name, &layout);
  layouts_[shape] = &layout;
  return layout;
}

void Vm::forget_layouts(const Class& owner) {
  for (const auto& layout : owner.layouts) layouts_[layout->shape] = nullptr;
}

void Vm::clear_roots_from(Roots begin) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t next_page = (address + page - 1) / page * page;
  std::memset(begin, 0, next_page - address);
  madvise(reinterpret_cast<void*>(next_page), reinterpret_cast<std::uintptr_t>(roots_) + roots_bytes - next_page,
          MADV_DONTNEED);
}

void Vm::print(Value value) {
  std::string line = to_text(value);
  line += '\n';
  if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) throw OutputError{errno};
}

void Vm::flush() {
  if (std::fflush(stdout) != 0) throw OutputError{errno};
}

}  // namespace lox
