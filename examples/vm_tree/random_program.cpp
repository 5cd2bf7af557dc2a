// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "random_program.h"

#include <iterator>
#include <random>
#include <utility>
#include <vector>

namespace vm_tree {
namespace {

/// What an expression is meant to give. The language does not know; in a program with faults, neither do we.
enum class Type { Integer, Double, Array, Function };

/// All arrays are at least so long.
constexpr std::uint64_t ArrayLength = 4;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  RandomProgram generate() {
    faulty_ = one_in(2);
    const std::uint64_t arguments = below(3);
    for (std::uint64_t i = 0; i < arguments; ++i) {
      const Type type = one_in(2) ? Type::Integer : Type::Double;
      line("argument " + declare(type) + " = " + (type == Type::Integer ? "-3" : "0.75") + ";");
    }
    const Scope outermost = std::exchange(variables_, {});
    const std::uint64_t functions = 1 + below(4);
    for (std::uint64_t i = 0; i < functions; ++i) function();
    variables_ = outermost;
    statements(6 + below(10), 3);
    for (const Variable& variable : variables_) line("print " + variable.name + ";");
    return {text_, 50 + static_cast<std::int64_t>(below(2000))};
  }

 private:
  struct Variable {
    std::string name;
    Type type;
  };
  using Scope = std::vector<Variable>;

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t chance) { return below(chance) == 0; }
  bool fault(std::uint64_t chance) { return faulty_ && one_in(chance); }

  void line(const std::string& text) { text_ += std::string(2 * depth_, ' ') + text + '\n'; }

  std::string declare(Type type) {
    variables_.push_back({"v" + std::to_string(names_++), type});
    return variables_.back().name;
  }
  /// A variable of the type, or nothing.
  std::string variable(Type type) {
    std::vector<std::string> found;
    for (const Variable& variable : variables_)
      if (variable.type == type) found.push_back(variable.name);
    return found.empty() ? "" : found[below(found.size())];
  }
  Type any_type() {
    static constexpr Type Types[] = {Type::Integer, Type::Integer, Type::Integer, Type::Double,
                                     Type::Double,  Type::Array,   Type::Function};
    return Types[below(std::size(Types))];
  }

  // Expressions.

  std::string expr(Type type, int depth) {
    if (fault(60)) type = any_type();
    if (const std::string name = variable(type); !name.empty() && one_in(depth <= 0 ? 1 : 4)) return name;
    switch (type) {
      case Type::Integer:
        return integer(depth);
      case Type::Double:
        return number(depth);
      case Type::Array:
        if (fault(8)) return one_in(2) ? "array(-1)" : "array(100000)";
        return "array(" + std::to_string(ArrayLength + below(4)) + ")";
      case Type::Function:
        return function_value();
    }
    return "0";
  }

  std::string function_value() {
    // Those with one integer parameter; faults aside, also what may be called from here.
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < finished_; ++i)
      if (signatures_[i] == std::vector<Type>{Type::Integer} || fault(5)) found.push_back(i);
    return found.empty() ? (finished_ == 0 ? "0" : "&f0") : "&f" + std::to_string(found[below(found.size())]);
  }

  std::string binary(Type type, const char* op, int depth) {
    return "(" + expr(type, depth - 1) + ' ' + op + ' ' + expr(type, depth - 1) + ")";
  }

  std::string comparison(int depth) {
    static constexpr const char* Operators[] = {"<", "<=", ">", ">=", "==", "!="};
    const char* op = Operators[below(std::size(Operators))];
    if (one_in(12)) {
      const Type type = one_in(2) ? Type::Array : Type::Function;
      if (!variable(type).empty()) return "(" + variable(type) + (one_in(2) ? " == " : " != ") + variable(type) + ")";
    }
    return binary(one_in(2) ? Type::Integer : Type::Double, op, depth);
  }

  std::string integer(int depth) {
    if (depth <= 0) {
      if (one_in(10)) return "9223372036854775807";
      return std::to_string(below(20));
    }
    switch (below(14)) {
      case 0:
      case 1:
        return binary(Type::Integer, "+", depth);
      case 2:
        return binary(Type::Integer, "-", depth);
      case 3:
        return binary(Type::Integer, "*", depth);
      case 4: {
        const char* op = one_in(2) ? " / " : " % ";
        if (fault(5)) return "(" + expr(Type::Integer, depth - 1) + op + expr(Type::Integer, depth - 1) + ")";
        const std::string divisor = one_in(4) ? "-1" : std::to_string(1 + below(9));
        return "(" + expr(Type::Integer, depth - 1) + op + "(" + divisor + "))";
      }
      case 5:
        return comparison(depth);
      case 6:
        return binary(one_in(3) ? Type::Double : Type::Integer, one_in(2) ? "&&" : "||", depth);
      case 7:
        return (one_in(2) ? "!" : "-") + ("(" + expr(Type::Integer, depth - 1)) + ")";
      case 8:
        return "int(" + expr(Type::Double, depth - 1) + ")";
      case 9:
        return "length(" + expr(Type::Array, depth - 1) + ")";
      case 10:
      case 11:
        return element(depth);
      default:
        return call(depth);
    }
  }

  std::string number(int depth) {
    static constexpr const char* Numbers[] = {"0.0", "1.5", "0.1", "1e300", "2.5e-3", "3.0", "1e19"};
    if (depth <= 0) return Numbers[below(std::size(Numbers))];
    static constexpr const char* Operators[] = {"+", "-", "*", "/"};
    const char* op = Operators[below(std::size(Operators))];
    switch (below(6)) {
      case 0:
        return "double(" + expr(Type::Integer, depth - 1) + ")";
      case 1:
        return "sqrt(" + expr(one_in(3) ? Type::Integer : Type::Double, depth - 1) + ")";
      case 2:
        return "-(" + expr(Type::Double, depth - 1) + ")";
      case 3:
        return "(" + expr(Type::Integer, depth - 1) + ' ' + op + ' ' + expr(Type::Double, depth - 1) + ")";
      default:
        return binary(Type::Double, op, depth);
    }
  }

  std::string index(int depth) {
    if (fault(6)) return expr(Type::Integer, depth - 1);
    if (one_in(2)) return std::to_string(below(ArrayLength));
    return "(" + expr(Type::Integer, depth - 1) + " % 2 + 1)";
  }

  std::string element(int depth) {
    const std::string array = variable(Type::Array);
    return array.empty() ? std::to_string(below(9)) : array + "[" + index(depth) + "]";
  }

  std::string call(int depth) {
    if (const std::string callee = variable(Type::Function); !callee.empty() && one_in(2)) {
      if (fault(8)) return callee + "()";
      return callee + "(" + expr(Type::Integer, depth - 1) + ")";
    }
    if (signatures_.empty()) return "1";
    // The last signature may be that of the function which is being written.
    const std::size_t count = fault(10) ? signatures_.size() : finished_;
    if (count == 0) return "2";
    const std::size_t callee = below(count);
    std::string text = "f" + std::to_string(callee) + "(";
    for (std::size_t i = 0; i < signatures_[callee].size(); ++i)
      text += (i == 0 ? "" : ", ") + expr(signatures_[callee][i], depth - 1);
    return text + ")";
  }

  // Statements.

  void block(std::uint64_t count, int depth) {
    const Scope outer = variables_;
    ++depth_;
    statements(count, depth);
    --depth_;
    variables_ = outer;
  }

  void statements(std::uint64_t count, int depth) {
    for (std::uint64_t i = 0; i < count; ++i) statement(depth);
  }

  void statement(int depth) {
    switch (below(depth <= 0 ? 7 : 12)) {
      case 0:
      case 1: {
        const Type type = any_type();
        const std::string value = expr(type, 3);  // before its name is there
        line("let " + declare(type) + " = " + value + ";");
        return;
      }
      case 2:
      case 3: {
        const Type type = any_type();
        const std::string name = variable(type);
        if (!name.empty() && !fixed(name)) line(name + " = " + expr(type, 3) + ";");
        return;
      }
      case 4: {
        const std::string array = variable(Type::Array);
        if (!array.empty())
          line(array + "[" + index(3) + "] = " + expr(fault(20) ? any_type() : Type::Integer, 3) + ";");
        return;
      }
      case 5:
        line("print " + expr(any_type(), 2) + ";");
        return;
      case 6:
        return jump();
      case 7:
        line(call(2) + ";");
        return;
      case 8:
        line("{");
        block(1 + below(3), depth - 1);
        line("}");
        return;
      case 9:
        return loop(depth);
      default:
        line("if " + expr(one_in(4) ? Type::Double : Type::Integer, 3) + " {");
        block(1 + below(3), depth - 1);
        if (one_in(2)) {
          line("} else " + (one_in(3) ? "if " + expr(Type::Integer, 2) + " {" : std::string("{")));
          block(1 + below(3), depth - 1);
        }
        line("}");
        return;
    }
  }

  void jump() {
    std::string what;
    if (loops_ != 0 && !one_in(4))
      what = one_in(2) ? "break;" : "continue;";
    else if (in_function_)
      what = one_in(8) ? "return;" : "return " + expr(Type::Integer, 2) + ";";
    else if (one_in(10))
      what = "return;";
    if (!what.empty()) line("if " + expr(Type::Integer, 2) + " { " + what + " }");
  }

  void loop(int depth) {
    const Scope outer = variables_;
    const std::string counter = declare(Type::Integer);
    counters_.push_back(counter);
    line("let " + counter + " = 0;");
    const bool endless = one_in(4);
    const std::string limit = std::to_string(1 + below(8));
    line(endless ? "while 1.5 {" : "while " + counter + " < " + limit + " {");
    ++loops_;
    ++depth_;
    line(counter + " = " + counter + " + 1;");
    if (endless && !fault(6)) line("if " + counter + " > " + limit + " { break; }");
    --depth_;
    block(1 + below(4), depth - 1);
    --loops_;
    line("}");
    variables_ = outer;
  }

  /// Whether it counts a loop, and is left alone.
  bool fixed(const std::string& name) const {
    for (const std::string& counter : counters_)
      if (counter == name) return true;
    return false;
  }

  void function() {
    std::vector<Type> types = {Type::Integer};
    if (one_in(2))
      for (std::uint64_t i = 1 + below(3); i != 0; --i) types.push_back(any_type());
    variables_.clear();
    std::string parameters;
    for (const Type type : types) parameters += (parameters.empty() ? "" : ", ") + declare(type);
    const std::string first = variables_.front().name;
    const std::string self = "f" + std::to_string(signatures_.size());
    line("fn " + self + "(" + parameters + ") {");
    signatures_.push_back(types);
    in_function_ = true;
    ++depth_;
    statements(2 + below(4), 2);
    if (types.size() == 1 && one_in(2)) {
      const std::string guard = fault(4) ? "1" : first + " > 0 && " + first + " < 30";
      line("if " + guard + " { return " + self + "(" + first + " - 1) + " + expr(Type::Integer, 1) + "; }");
    }
    if (!one_in(5)) line("return " + expr(Type::Integer, 3) + ";");
    --depth_;
    in_function_ = false;
    finished_ = signatures_.size();
    line("}");
  }

  std::mt19937_64 random_;
  std::string text_;
  Scope variables_;
  std::vector<std::string> counters_;
  std::vector<std::vector<Type>> signatures_;  // of functions
  std::size_t finished_ = 0;                   // of them; others may call these without end
  std::uint64_t names_ = 0;
  std::uint64_t loops_ = 0;  // around what is written
  std::size_t depth_ = 0;    // of blocks
  bool faulty_ = false;
  bool in_function_ = false;
};

}  // namespace

RandomProgram random_program(std::uint64_t seed) { return Generator(seed).generate(); }

}  // namespace vm_tree
