// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler.h"

#include <map>
#include <optional>
#include <utility>

#include "inlay/ir/builder.h"
#include "scanner.h"

namespace pebble {
namespace {

using namespace inlay::ir;

/// Types are those of the IR: I64, F64, Bool, a slice of bytes for texts, other slices for lists, Void for no value.
struct Expr {
  TypeId type;
  Value value;
  Value place = {};  // where it lies, if it can be assigned to; then it has no value before read()
};

struct Signature {
  FunctionId id;
  std::vector<TypeId> parameters;
  TypeId result;
  std::vector<std::string> names;
  std::size_t body = 0;  // the number of its first word; 0 for what the runtime has
};

struct Operator {
  std::string_view text;
  unsigned level;
  Op op;
};
constexpr Operator Operators[] = {{"||", 0, Op::Or}, {"&&", 1, Op::And}, {"==", 2, Op::Eq}, {"!=", 2, Op::Ne},
                                  {"<", 2, Op::Lt},  {"<=", 2, Op::Le},  {">", 2, Op::Gt},  {">=", 2, Op::Ge},
                                  {"+", 3, Op::Add}, {"-", 3, Op::Sub},  {"*", 4, Op::Mul}, {"/", 4, Op::Div},
                                  {"%", 4, Op::Rem}};
constexpr unsigned UnaryLevel = 5;
constexpr int DeepestNesting = 200;

/// After an error the parsing goes on without words, and what is built until it ends is of no use: the builder bears
/// with values that are not there, so nobody has to look out for them.
class Compiler {
 public:
  Compiler(Module& module, std::vector<Token> tokens, const std::string& file)
      : m_(module), b_(module), tokens_(std::move(tokens)), file_(file), source_(module.file(file)) {}

  /// Signatures first, then bodies: so a function may be called before it is written down.
  inlay::Result<void> run() {
    functions_["int"] = {runtime("int", {F64}, I64), {F64}, I64, {}};
    functions_["float"] = {runtime("float", {I64}, F64), {I64}, F64, {}};
    while (now().kind != Kind::End) header();
    for (const auto& [name, function] : functions_)
      if (function.body != 0 && !error_) body(function);
    start();
    if (error_) return *error_;
    return {};
  }

 private:
  // Words. The first error makes what follows the end of the program.
  const Token& now() const { return tokens_[at_]; }
  bool is(std::string_view text) const { return now().kind != Kind::Text && now().text == text; }
  bool take(std::string_view text) { return is(text) && ++at_ != 0; }
  bool expect(std::string_view text) { return take(text) || fail(now(), "expected '" + std::string(text) + "'"); }
  bool at_function() const { return is("fn") || now().kind == Kind::End; }
  bool fail(const Token& token, std::string message) {
    inlay::Place place{file_, token.line, token.column};
    if (!error_) error_.emplace(inlay::ErrorKind::InvalidProgram, std::move(message), std::move(place));
    at_ = tokens_.size() - 1;
    return false;
  }
  Expr refused(const Token& token, std::string message) { return fail(token, std::move(message)), Expr{Void, {}}; }
  std::string name() { return now().kind == Kind::Name || fail(now(), "expected a name") ? tokens_[at_++].text : ""; }
  bool enter() { return depth_ < DeepestNesting ? ++depth_ : fail(now(), "this is nested too deep"); }

  TypeId type() {
    const Token& token = now();
    if (take("[")) {
      const TypeId element = enter() ? type() : Void;
      --depth_;
      expect("]");
      return m_.slice(element);
    }
    const auto found = types_.find(name());
    if (found != types_.end()) return found->second;
    fail(token, "there is no type '" + token.text + "'");
    return Void;
  }
  std::string name_of(TypeId type) const {
    for (const auto& [name, known] : types_)
      if (known == type) return name;
    return type == Void ? "nothing" : "[" + name_of(element_of(type)) + "]";
  }
  TypeId element_of(TypeId type) const { return m_.types[type].element; }  // only lists and texts have one

  void header() {
    expect("fn");
    const Token& token = now();
    const auto [entry, added] = functions_.try_emplace(name());
    if (!added) fail(token, "there is a function '" + token.text + "' already");
    Signature& function = entry->second;
    for (expect("("); !error_ && !take(")"); is(")") || expect(",")) {
      function.names.push_back(name());
      expect(":");
      function.parameters.push_back(type());
    }
    function.result = take("->") ? type() : Void;
    function.body = at_;
    // Other names than the runtime's, and than `main`, which is what the system calls.
    function.id = m_.function("pebble." + token.text, m_.signature(function.parameters, function.result));
    while (!at_function()) ++at_;
  }

  void body(const Signature& function) {
    result_ = function.result;
    at_ = function.body;
    b_.at(Location(source_, now().line));
    b_.begin(function.id);
    locals_.clear();
    for (std::uint32_t i = 0; i < function.parameters.size(); ++i)
      add_local(function.names[i], {function.parameters[i], b_.parameter(i)});
    block();
    if (!at_function()) expect("fn");
    result_ == Void ? b_.ret() : b_.trap("the function ends without a result");
    b_.end();
  }
  void add_local(const std::string& name, const Expr& value) {
    const Value slot = b_.name(b_.slot(value.type), name);
    b_.store(value.type, value.value, slot);
    locals_.emplace_back(name, Expr{value.type, {}, slot});
  }

  /// `export func @main() -> i32`, as C wants it.
  void start() {
    const Signature& main = functions_["main"];
    if (!main.id || !main.parameters.empty() || main.result != I64) fail(now(), "there is no 'fn main() -> int'");
    b_.begin(m_.function("main", m_.signature({}, I32), FunctionExported));
    b_.ret(b_.convert(Op::Trunc, I32, b_.call(main.id, {})));
    b_.end();
  }

  void block() {
    const std::size_t outer = locals_.size();
    expect("{");
    while (!is("}") && !at_function()) statement();
    expect("}");
    locals_.resize(outer);
  }

  void statement() {
    const Token& token = now();
    b_.at(Location(source_, token.line));
    if (!enter()) return;
    const bool loop = take("while"), compound = loop || take("if");
    if (compound) {
      conditional(loop);
    } else if (take("return")) {
      result_ == Void ? b_.ret() : b_.ret(value(result_));
      b_.start(b_.block());  // for what cannot be reached
    } else if (take("let")) {
      const std::string text = name();
      expect("=");
      const Expr value = read(expression());
      if (value.type == Void) fail(token, "this has no value");
      add_local(text, value);
    } else {
      const Expr left = expression();
      if (is("=") && !left.place) fail(token, "this cannot be assigned to");
      if (take("=")) b_.store(left.type, value(left.type), left.place);
    }
    if (!compound) expect(";");
    --depth_;
  }

  /// `if` and `while` differ in where it goes on behind their blocks, and in `else`.
  void conditional(bool loop) {
    const BlockId head = b_.block(), yes = b_.block(), no = b_.block(), end = b_.block();
    b_.jump(head);
    b_.start(head);
    b_.branch(value(Bool), yes, no);
    b_.start(yes);
    block();
    b_.jump(loop ? head : end);
    b_.start(no);
    if (!loop && take("else")) is("if") ? statement() : block();
    b_.jump(end);
    b_.start(end);
  }

  /// The value, loaded from its place if it has one.
  Expr read(const Expr& e) { return e.place ? Expr{e.type, b_.load(e.type, e.place)} : e; }
  Value wanted(const Expr& e, TypeId type, const Token& token) {
    if (e.type != type) fail(token, "this is of type " + name_of(e.type) + ", and " + name_of(type) + " is wanted");
    return read(e).value;
  }
  /// Of an expression whose type must be that.
  Value value(TypeId type, unsigned level = 0) {
    const Token& token = now();
    return wanted(expression(level), type, token);
  }
  FunctionId runtime(const std::string& name, std::initializer_list<TypeId> parameters, TypeId result) {
    return m_.function("pebble_" + name, m_.signature(parameters, result), FunctionExtern);
  }

  /// Of operators of that level and those that bind tighter.
  Expr expression(unsigned level = 0) {
    Expr left = unary();
    for (const Operator* o = binary(level); o; o = binary(level)) {
      const Token& sign = tokens_[at_++];
      left = o->level < 2 ? logical(wanted(left, Bool, sign), *o) : arithmetic(read(left), *o, sign);
    }
    return left;
  }
  const Operator* binary(unsigned level) const {
    for (const Operator& o : Operators)
      if (o.level >= level && is(o.text)) return &o;
    return nullptr;
  }

  /// The right side is run only where the left one does not decide.
  Expr logical(Value left, const Operator& o) {
    const BlockId more = b_.block(), end = b_.block({Bool});
    o.op == Op::And ? b_.branch(left, more, {end, {false}}) : b_.branch(left, {end, {true}}, more);
    b_.start(more);
    b_.jump(end, {value(Bool, o.level + 1)});
    b_.start(end);
    return {Bool, b_.parameter(end, 0)};
  }

  Expr arithmetic(const Expr& left, const Operator& o, const Token& sign) {
    const Value right = value(left.type, o.level + 1);
    const bool equality = o.op == Op::Eq || o.op == Op::Ne;
    if (left.type == str_ && equality) {
      const Value same = b_.call(runtime("same", {str_, str_}, Bool), {left.value, right});
      return {Bool, o.op == Op::Eq ? same : b_.bit_not(same)};
    }
    if (left.type != I64 && (left.type != F64 || o.op == Op::Rem) && (left.type != Bool || !equality))
      return refused(sign, "'" + sign.text + "' is not there for " + name_of(left.type));
    return {o.level == 2 ? Bool : left.type, b_.binary(o.op, left.type, left.value, right)};
  }

  Expr unary() {
    const Token& token = now();
    if (!enter()) return {Void, {}};
    Expr result;
    if (take("-")) {
      result = read(unary());
      if (result.type != I64 && result.type != F64) fail(token, "'-' is for numbers");
      result.value = b_.binary(Op::Mul, result.type, result.value, -1);
    } else if (take("!")) {
      result = {Bool, b_.binary(Op::Xor, Bool, value(Bool, UnaryLevel), true)};
    } else {
      result = primary();
      while (is("[")) result = element(read(result));
    }
    --depth_;
    return result;
  }

  Expr element(const Expr& whole) {
    if (!element_of(whole.type)) return refused(now(), "only lists and texts have elements");
    expect("[");
    const Value place = b_.elem(whole.value, value(I64));
    expect("]");
    if (whole.type == str_) return {I64, b_.convert(Op::Zext, I64, b_.load(I8, place))};
    return {element_of(whole.type), {}, place};
  }

  Expr primary() {
    const Token& token = now();
    if (take("(")) {
      const Expr inner = read(expression());
      expect(")");
      return inner;
    }
    if (token.kind == Kind::Int || token.kind == Kind::Float || token.kind == Kind::Text) ++at_;
    if (token.kind == Kind::Int) return {I64, m_.integer(I64, token.integer)};
    if (token.kind == Kind::Float) return {F64, m_.floating(F64, token.floating)};
    if (token.kind == Kind::Text) return {str_, b_.make_slice(str_, m_.add_text("", token.text), token.text.size())};
    const std::string text = name();
    if (text == "true" || text == "false") return {Bool, m_.boolean(text == "true")};
    if (text == "new") return new_list();
    if (take("(")) return call(token);
    for (std::size_t i = locals_.size(); i-- > 0;)
      if (locals_[i].first == text) return locals_[i].second;
    return refused(token, "there is no '" + text + "' here");
  }

  Expr new_list() {
    expect("[");
    const TypeId element = type(), list = m_.slice(element);
    expect(";");
    const Value count = value(I64);
    expect("]");
    const Value memory = b_.call(runtime("new", {I64, I64}, Ptr), {count, m_.size_constant(element)});
    return {list, b_.make_slice(list, memory, count)};
  }

  Expr call(const Token& token) {
    const auto found = functions_.find(token.text);
    if (found == functions_.end()) return builtin(token);
    const Signature& function = found->second;
    std::vector<Operand> arguments;
    for (TypeId parameter : function.parameters) {
      if (!arguments.empty()) expect(",");
      arguments.emplace_back(value(parameter));
    }
    expect(")");
    return {function.result, b_.call(function.id, arguments)};
  }

  /// Functions of values of several types.
  Expr builtin(const Token& token) {
    if (token.text == "len") {
      const Expr row = read(expression());
      if (!element_of(row.type)) fail(token, "only lists and texts have a length");
      expect(")");
      return {I64, b_.len(row.value)};
    }
    if (token.text != "print") return refused(token, "there is no function '" + token.text + "'");
    for (; !error_ && !take(")"); is(")") || expect(",")) {
      const Token& place = now();
      const Expr e = read(expression());
      const std::string type = name_of(e.type);
      if (!types_.contains(type)) fail(place, "a value of type " + type + " cannot be printed");
      b_.call(runtime("print_" + type, {e.type}, Void), {e.value});
    }
    return {Void, b_.call(runtime("print_line", {}, Void), {})};
  }

  Module& m_;
  Builder b_;
  const std::vector<Token> tokens_;
  const std::string& file_;
  const FileId source_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<inlay::Error> error_;
  const TypeId str_ = m_.slice(I8);
  const std::map<std::string, TypeId> types_{{"int", I64}, {"float", F64}, {"bool", Bool}, {"str", str_}};
  std::map<std::string, Signature> functions_;
  std::vector<std::pair<std::string, Expr>> locals_;
  TypeId result_;  // of the function at hand
};

}  // namespace

inlay::Result<Module> compile(std::string_view source, const std::string& file) {
  INLAY_TRY(std::vector<Token> tokens, scan(source, file));
  INLAY_TRY(Module module, Module::create());
  INLAY_TRY_VOID(Compiler(module, std::move(tokens), file).run());
  return module;
}

}  // namespace pebble
