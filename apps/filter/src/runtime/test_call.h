// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: calls a function of the registry by name, as the interpreter would.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "inlay/filter/function.h"
#include "runtime/scope_owner.h"

namespace inlay::filter::testing {

/// A text in memory of exactly its size, so that the sanitizer sees what reads beyond it.
class ExactText {
 public:
  explicit ExactText(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
  }
  Text text() const { return {bytes_.get(), static_cast<std::int64_t>(size_)}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

struct Answer {
  Fault fault = Fault::None;
  bool null = false;
  std::int64_t bits = 0;
  double real = 0;
  std::string text = {};
};

inline Value integer(std::int64_t value) { return Value::of(value); }
inline Value real(double value) { return Value::of(value); }
inline Value text(std::string value) { return Value::of(std::move(value)); }
inline Value boolean(bool value) { return Value::of(value); }

/// A function with what it prepared. The arguments' types choose it.
class Callee {
 public:
  Callee(const std::string& name, const std::vector<Value>& arguments) {
    std::vector<Type> types;
    for (const Value& argument : arguments) types.push_back(argument.type);
    const Registry& registry = Registry::standard();
    const std::vector<FunctionId> found = registry.find(name, types);
    EXPECT_EQ(found.size(), 1u) << name;
    if (found.size() != 1) return;
    function_ = &registry[found[0]];
    EXPECT_EQ(function_->parameters, types) << name << ": not of just these types";
    if (!function_->traits.prepare) return;
    auto prepared = function_->traits.prepare(arguments[static_cast<std::size_t>(function_->traits.prepared)]);
    if (prepared) {
      object_ = *prepared;
    } else {
      refusal = prepared.error().message();
    }
  }

  Answer operator()(const std::vector<Value>& arguments) {
    if (!function_ || !refusal.empty()) return {.fault = Fault::User};
    std::vector<Slot> slots(arguments.size());
    std::vector<ExactText> texts;
    std::vector<const Slot*> pointers;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (static_cast<int>(i) == function_->traits.prepared) continue;
      slots[i].null = arguments[i].null;
      if (arguments[i].type == Type::Text) {
        slots[i].text = texts.emplace_back(arguments[i].text).text();
      } else if (arguments[i].type == Type::Real) {
        slots[i].real = arguments[i].real;
      } else {
        slots[i].bits = arguments[i].bits;
      }
      pointers.push_back(&slots[i]);
    }
    ScopeOwner owner;
    Slot result;
    function_->call(owner.scope(), pointers.data(), object_.get(), result);
    Answer answer{.fault = owner.scope().fault, .null = result.null};
    if (answer.fault != Fault::None || result.null) return answer;
    if (function_->result == Type::Text) {
      answer.text = std::string_view(result.text);
    } else if (function_->result == Type::Real) {
      answer.real = result.real;
    } else {
      answer.bits = result.bits;
    }
    return answer;
  }

  std::string refusal;

 private:
  const Function* function_ = nullptr;
  std::shared_ptr<const void> object_;
};

inline Answer call(const std::string& name, const std::vector<Value>& arguments) {
  return Callee(name, arguments)(arguments);
}
/// Of functions that answer a truth, an integer, a date or a timestamp; faults are failures.
inline std::int64_t bits(const std::string& name, const std::vector<Value>& arguments) {
  const Answer answer = call(name, arguments);
  EXPECT_EQ(answer.fault, Fault::None) << name;
  EXPECT_FALSE(answer.null) << name;
  return answer.bits;
}
inline double number(const std::string& name, const std::vector<Value>& arguments) {
  const Answer answer = call(name, arguments);
  EXPECT_EQ(answer.fault, Fault::None) << name;
  return answer.real;
}
inline std::string words(const std::string& name, const std::vector<Value>& arguments) {
  const Answer answer = call(name, arguments);
  EXPECT_EQ(answer.fault, Fault::None) << name;
  return answer.text;
}
inline Fault fault(const std::string& name, const std::vector<Value>& arguments) { return call(name, arguments).fault; }

}  // namespace inlay::filter::testing
