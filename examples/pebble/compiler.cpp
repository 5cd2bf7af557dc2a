// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler.h"

#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "inlay/ir/builder.h"
#include "scanner.h"

namespace pebble {

namespace {

using namespace inlay::ir;

constexpr int DeepestNesting = 200;

/// A type of pebble; those that are the same are one object.
struct PebbleType {
  std::string name;
  TypeId ir;                            // of its values
  const PebbleType* element = nullptr;  // of a list
  TypeId object = {};                   // of a struct, whose values are addresses of these
  std::vector<std::pair<std::string, const PebbleType*>> fields = {};
};
using TypeRef = const PebbleType*;

struct Expr {
  TypeRef type;
  Value value;
  Value place = {};  // where it lies, if it can be assigned to; then it has no value before read()
};

struct Signature {
  FunctionId id;
  std::vector<TypeRef> parameters;
  std::vector<std::string> names;
  TypeRef result = nullptr;
  std::size_t body = 0;  // the number of its first word
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

class Compiler {
 public:
  Compiler(Module& module, std::vector<Token> tokens, const std::string& file)
      : m_(module), b_(module), tokens_(std::move(tokens)), file_(file), source_(module.file(file)) {}

  /// Types first, then signatures, then bodies: so all may be used before it is written down.
  inlay::Result<void> run() {
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
      const std::string& name = tokens_[i + 1].text;
      if (tokens_[i].kind == Kind::Word && tokens_[i].text == "struct")
        structs_.try_emplace(name, PebbleType{name, Ptr, nullptr, m_.named_struct(name)});
    }
    while (!failed() && now().kind != Kind::End) {
      if (take("struct"))
        structure();
      else if (expect("fn"))
        header();
    }
    for (auto& [name, function] : functions_)
      if (!failed()) body(function);
    if (!failed()) start();
    if (error_) return *error_;
    if (m_.error()) return *m_.error();
    return {};
  }

 private:
  // Words. The first error makes what follows the end of the program, so that everything comes to its end.
  const Token& now() const { return tokens_[at_]; }
  bool is(std::string_view text) const { return now().kind == Kind::Word && now().text == text; }
  bool take(std::string_view text) { return is(text) && ++at_ != 0; }
  bool expect(std::string_view text) { return take(text) || fail(now(), "expected '" + std::string(text) + "'"); }
  bool failed() const { return error_.has_value(); }
  bool fail(const Token& token, std::string message) {
    if (!failed()) {
      inlay::Place place{file_, token.line, token.column};
      error_.emplace(inlay::ErrorKind::InvalidProgram, std::move(message), std::move(place));
    }
    at_ = tokens_.size() - 1;
    return false;
  }
  std::string name() {
    const bool is_name = now().kind == Kind::Word && (std::isalpha(now().text[0]) || now().text[0] == '_');
    return is_name ? tokens_[at_++].text : (fail(now(), "expected a name"), "");
  }
  bool enter() { return depth_ < DeepestNesting ? ++depth_ : fail(now(), "this is nested too deep"); }

  TypeRef type() {
    if (take("[")) {
      if (!enter()) return &void_;
      const TypeRef element = type();
      --depth_;
      expect("]");
      return list_of(element);
    }
    const Token& token = now();
    const std::string text = name();
    for (const PebbleType* basic : {&int_, &float_, &bool_, &str_})
      if (text == basic->name) return basic;
    const auto found = structs_.find(text);
    if (found != structs_.end()) return &found->second;
    fail(token, "there is no type '" + text + "'");
    return &void_;
  }
  TypeRef list_of(TypeRef element) {
    for (const PebbleType& known : lists_)
      if (known.element == element) return &known;
    return &lists_.emplace_back(PebbleType{"[" + element->name + "]", m_.slice(element->ir), element});
  }

  void structure() {
    PebbleType& made = structs_[name()];
    for (expect("{"); !failed() && !take("}"); expect(";")) {
      std::string field = name();
      expect(":");
      made.fields.emplace_back(std::move(field), type());
    }
    std::vector<NamedType> fields;
    for (const auto& [field, type] : made.fields) fields.push_back({field, type->ir});
    if (!failed()) m_.define_struct(made.object, fields);  // a second one of that name is an error of the module
  }

  void header() {
    const Token& token = now();
    const std::string text = name();
    const auto [entry, added] = functions_.try_emplace(text);
    if (!added) fail(token, "there is a function '" + text + "' already");
    Signature& function = entry->second;
    std::vector<TypeId> parameters;
    for (expect("("); !failed() && !take(")"); is(")") || expect(",")) {
      function.names.push_back(name());
      expect(":");
      parameters.push_back(function.parameters.emplace_back(type())->ir);
    }
    function.result = take("->") ? type() : &void_;
    function.body = at_;
    // Other names than the runtime's, and than `main`, which is what the system calls.
    if (!failed()) function.id = m_.function("pebble." + text, m_.signature(parameters, function.result->ir));
    int open = 0;
    do {
      open += is("{") ? 1 : is("}") ? -1 : 0;
      if (now().kind == Kind::End) fail(now(), "expected '}'");
    } while (!failed() && (++at_, open > 0));
  }

  void body(const Signature& function) {
    function_ = &function;
    at_ = function.body;
    b_.at(Location(source_, now().line));
    b_.begin(function.id);
    locals_.clear();
    for (std::uint32_t i = 0; i < function.parameters.size(); ++i)
      add_local(function.names[i], {function.parameters[i], b_.parameter(i)});
    block();
    if (function.result == &void_)
      b_.ret();
    else
      b_.trap("the function ends without a result");
    b_.end();
  }
  void add_local(const std::string& name, const Expr& value) {
    const Value slot = b_.name(b_.slot(value.type->ir), name);
    b_.store(value.type->ir, value.value, slot);
    locals_.emplace_back(name, Expr{value.type, {}, slot});
  }

  /// `export func @main() -> i32`, as C wants it.
  void start() {
    const auto found = functions_.find("main");
    if (found == functions_.end() || !found->second.parameters.empty() || found->second.result != &int_) {
      fail(now(), "the program has no 'fn main() -> int'");
      return;
    }
    b_.begin(m_.function("main", m_.signature({}, I32), FunctionExported));
    b_.ret(b_.convert(Op::Trunc, I32, b_.call(found->second.id, {})));
    b_.end();
  }

  void block() {
    const std::size_t outer = locals_.size();
    expect("{");
    if (!enter()) return;
    while (!failed() && !take("}")) statement();
    --depth_;
    locals_.resize(outer);
  }

  void statement() {
    b_.at(Location(source_, now().line));
    if (take("if")) return if_statement();
    if (take("while")) return while_statement();
    if (take("return")) {
      const Token& token = now();
      const Expr value = wanted(is(";") ? Expr{&void_, {}} : expression(), function_->result, token);
      if (!failed()) value.type == &void_ ? b_.ret() : b_.ret(value.value);
      if (!failed()) b_.start(b_.block({}, "unreachable"));
    } else if (take("let")) {
      const std::string text = name();
      const Token& token = now();
      expect("=");
      const Expr value = read(expression());
      if (value.type == &void_) fail(token, "this has no value");
      if (!failed()) add_local(text, value);
    } else {
      const Token& token = now();
      const Expr left = expression();
      if (is("=") && !left.place) fail(token, "this cannot be assigned to");
      if (take("=")) {
        const Token& value = now();
        const Expr right = wanted(expression(), left.type, value);
        if (!failed()) b_.store(left.type->ir, right.value, left.place);
      }
    }
    expect(";");
  }

  void if_statement() {
    const Token& token = now();
    const Expr condition = wanted(expression(), &bool_, token);
    if (failed()) return;
    const BlockId yes = b_.block({}, "then"), no = b_.block({}, "else"), end = b_.block({}, "end");
    b_.branch(condition.value, yes, no);
    b_.start(yes);
    block();
    b_.jump(end);
    b_.start(no);
    if (take("else") && enter()) {
      take("if") ? if_statement() : block();
      --depth_;
    }
    b_.jump(end);
    b_.start(end);
  }

  void while_statement() {
    const BlockId head = b_.block({}, "while"), body = b_.block({}, "do"), end = b_.block({}, "end");
    b_.jump(head);
    b_.start(head);
    const Token& token = now();
    const Expr condition = wanted(expression(), &bool_, token);
    if (failed()) return;
    b_.branch(condition.value, body, end);
    b_.start(body);
    block();
    b_.jump(head);
    b_.start(end);
  }

  /// The value, loaded from its place if it has one.
  Expr read(Expr e) {
    if (!failed() && e.place) e = {e.type, b_.load(e.type->ir, e.place)};
    return e;
  }
  Expr wanted(const Expr& e, TypeRef type, const Token& token) {
    if (e.type != type) fail(token, "this is of type " + e.type->name + ", and " + type->name + " is wanted");
    return read(e);
  }
  /// What is wrong is noted; the value is of no use.
  Expr refused(const Token& token, std::string message) {
    fail(token, std::move(message));
    return {&void_, {}};
  }
  Value runtime(const std::string& name, std::initializer_list<Operand> arguments, std::initializer_list<TypeId> types,
                TypeId result = Void) {
    if (failed()) return {};
    return b_.call(m_.function("pebble_" + name, m_.signature(types, result), FunctionExtern), arguments);
  }

  Expr expression(unsigned level = 0) {
    if (level > 4) return unary();
    Expr left = expression(level + 1);
    for (;;) {
      const Token& sign = now();
      const Operator* found = nullptr;
      for (const Operator& o : Operators)
        if (o.level == level && is(o.text)) found = &o;
      if (!found || failed()) return left;
      ++at_;
      left = level < 2 ? logical(wanted(left, &bool_, sign), *found) : arithmetic(read(left), *found, sign);
    }
  }

  /// The right side is run only where the left one does not decide.
  Expr logical(const Expr& left, const Operator& o) {
    if (failed()) return left;
    const BlockId more = b_.block(), end = b_.block({Bool});
    const Operand decided[] = {Operand(o.op == Op::Or)};
    const Target out(end, decided);
    o.op == Op::And ? b_.branch(left.value, more, out) : b_.branch(left.value, out, more);
    b_.start(more);
    const Token& token = now();
    const Expr right = wanted(expression(o.level + 1), &bool_, token);
    if (failed()) return right;
    b_.jump(end, {right.value});
    b_.start(end);
    return {&bool_, b_.parameter(end, 0)};
  }

  Expr arithmetic(const Expr& left, const Operator& o, const Token& sign) {
    const Expr right = wanted(expression(o.level + 1), left.type, sign);
    if (failed()) return right;
    const bool equality = o.op == Op::Eq || o.op == Op::Ne;
    if (left.type == &str_ && equality) {
      const Value same = runtime("same", {left.value, right.value}, {str_.ir, str_.ir}, Bool);
      return {&bool_, o.op == Op::Eq ? same : b_.bit_not(same)};
    }
    const bool number = left.type == &int_ || (left.type == &float_ && o.op != Op::Rem);
    if (!number && !(equality && (left.type == &bool_ || left.type->object)))
      return refused(sign, "'" + sign.text + "' is not there for " + left.type->name);
    return {o.level == 2 ? &bool_ : left.type, b_.binary(o.op, left.type->ir, left.value, right.value)};
  }

  Expr unary() {
    const Token& token = now();
    if (!enter()) return {&void_, {}};
    Expr result = {&bool_, {}};
    if (take("-")) {
      result = read(unary());
      if (result.type != &int_ && result.type != &float_) fail(token, "'-' is for numbers");
      const Operand zero = result.type == &int_ ? Operand(0) : Operand(-0.0);
      if (!failed()) result.value = b_.binary(Op::Sub, result.type->ir, zero, result.value);
    } else if (take("!")) {
      const Expr inner = wanted(unary(), &bool_, token);
      if (!failed()) result.value = b_.binary(Op::Xor, Bool, inner.value, true);
    } else {
      result = postfix();
    }
    --depth_;
    return result;
  }

  Expr postfix() {
    Expr value = primary();
    while (!failed() && (is("[") || is("."))) {
      const Token& token = now();
      const Expr whole = read(value);
      value = take("[") ? element(whole, token) : (++at_, field(whole));
    }
    return value;
  }

  Expr element(const Expr& list, const Token& token) {
    if (list.type != &str_ && !list.type->element) return refused(token, "only lists and texts have elements");
    const Token& number = now();
    const Expr index = wanted(expression(), &int_, number);
    expect("]");
    if (failed()) return index;
    const Value place = b_.elem(list.value, index.value);
    if (list.type->element) return {list.type->element, {}, place};
    return {&int_, b_.convert(Op::Zext, I64, b_.load(I8, place))};
  }

  Expr field(const Expr& object) {
    const Token& token = now();
    const std::string text = name();
    for (std::uint32_t i = 0; i < object.type->fields.size(); ++i)
      if (const auto& [field, type] = object.type->fields[i]; field == text)
        return {type, {}, b_.field(object.type->object, object.value, i)};
    return refused(token, object.type->name + " has no field '" + text + "'");
  }

  Expr primary() {
    const Token& token = now();
    if (take("(")) {
      const Expr value = read(expression());
      expect(")");
      return value;
    }
    if (token.kind == Kind::Int || token.kind == Kind::Float || token.kind == Kind::Text) ++at_;
    if (token.kind == Kind::Int) return {&int_, m_.integer(I64, token.integer)};
    if (token.kind == Kind::Float) return {&float_, m_.floating(F64, token.floating)};
    if (token.kind == Kind::Text)
      return {&str_, b_.make_slice(str_.ir, m_.add_text("", token.text), token.text.size())};
    const std::string text = name();
    if (text == "true" || text == "false") return {&bool_, m_.boolean(text == "true")};
    if (text == "new") return new_object();
    if (take("(")) return call(token);
    for (std::size_t i = locals_.size(); i-- > 0;)
      if (locals_[i].first == text) return locals_[i].second;
    return refused(token, "there is no '" + text + "' here");
  }

  Expr new_object() {
    const Token& token = now();
    const bool list = take("[");
    const TypeRef made = type();
    Expr count = {&int_, Value::number(1)};
    if (list) {
      expect(";");
      const Token& number = now();
      count = wanted(expression(), &int_, number);
      expect("]");
    } else if (!made->object) {
      fail(token, "only structs and lists are made by 'new'");
    }
    const Value size = failed() ? Value() : m_.size_constant(list ? made->ir : made->object);
    const Value memory = runtime("new", {count.value, size}, {I64, I64}, Ptr);
    if (failed() || !list) return {made, memory};
    return {list_of(made), b_.make_slice(list_of(made)->ir, memory, count.value)};
  }

  Expr call(const Token& token) {
    const auto found = functions_.find(token.text);
    const Signature* function = found == functions_.end() ? nullptr : &found->second;
    std::vector<Expr> values;
    std::vector<Operand> arguments;
    while (!failed() && !take(")")) {
      const Token& place = now();
      Expr value = read(expression());
      if (function && values.size() < function->parameters.size())
        value = wanted(value, function->parameters[values.size()], place);
      values.push_back(value);
      arguments.emplace_back(value.value);
      if (!is(")")) expect(",");
    }
    if (failed()) return {&void_, {}};
    if (!function) return builtin(token, values);
    if (values.size() != function->parameters.size())
      return refused(token, "it takes " + std::to_string(function->parameters.size()) + " arguments");
    return {function->result, b_.call(function->id, arguments)};
  }

  Expr builtin(const Token& token, const std::vector<Expr>& values) {
    if (token.text == "print") {
      for (const Expr& e : values) {
        if (e.type == &void_ || e.type->object || e.type->element)
          return refused(token, "a value of type " + e.type->name + " cannot be printed");
        runtime("print_" + e.type->name, {e.value}, {e.type->ir});
      }
      return runtime("print_line", {}, {}), Expr{&void_, {}};
    }
    const TypeRef type = values.size() == 1 ? values[0].type : &void_;
    const Value value = values.empty() ? Value() : values[0].value;
    if (token.text == "len" && (type == &str_ || type->element)) return {&int_, b_.len(value)};
    if (token.text == "int" && type == &float_) return {&int_, b_.convert(Op::FloatToInt, I64, value)};
    if (token.text == "float" && type == &int_ && value.is_number())
      return {&float_, m_.floating(F64, static_cast<double>(value.number()))};
    if (token.text == "float" && type == &int_) return {&float_, b_.convert(Op::IntToFloat, F64, value)};
    return refused(token, "there is no function '" + token.text + "' for this");
  }

  Module& m_;
  Builder b_;
  const std::vector<Token> tokens_;
  const std::string& file_;
  const FileId source_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<inlay::Error> error_;
  PebbleType void_{"nothing", Void}, int_{"int", I64}, float_{"float", F64}, bool_{"bool", Bool};
  PebbleType str_{"str", m_.slice(I8)};
  std::deque<PebbleType> lists_;
  std::map<std::string, PebbleType> structs_;
  std::map<std::string, Signature> functions_;
  std::vector<std::pair<std::string, Expr>> locals_;
  const Signature* function_ = nullptr;
};

}  // namespace

inlay::Result<Module> compile(std::string_view source, const std::string& file) {
  INLAY_TRY(std::vector<Token> tokens, scan(source, file));
  INLAY_TRY(Module module, Module::create());
  INLAY_TRY_VOID(Compiler(module, std::move(tokens), file).run());
  return module;
}

}  // namespace pebble
