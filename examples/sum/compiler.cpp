// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One pass: what is parsed is emitted at once. All that a value can do is in the runtime; the compiler only arranges
// calls of its functions, by name, and Inlay puts their bodies in their place.
#include "compiler.h"

#include <cctype>
#include <cstdint>

#include "inlay/llvm.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

namespace sum {

namespace {

using inlay::Error;
using inlay::ErrorKind;
using inlay::Result;

constexpr int DepthLimit = 200;

class Compiler {
 public:
  explicit Compiler(llvm::Module& module)
      : module_(module),
        builder_(module.getContext()),
        int_(builder_.getInt32Ty()),
        number_(builder_.getInt64Ty()),
        pointer_(builder_.getPtrTy()) {}

  Result<void> evaluate(const std::vector<Line>& lines);
  void main();

 private:
  Result<llvm::Value*> sum();
  Result<llvm::Value*> product();
  Result<llvm::Value*> operand();
  Result<std::int64_t> literal();

  llvm::Function* begin(const char* name, llvm::Type* result);
  llvm::Value* call(const char* name, llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments);

  void skip_spaces() {
    while (at_ < line_->text.size() && std::isspace(static_cast<unsigned char>(line_->text[at_]))) ++at_;
  }
  /// The next character that is not a space; 0 at the end of the line.
  char next() {
    skip_spaces();
    return at_ < line_->text.size() && line_->text[at_] != '#' ? line_->text[at_] : '\0';
  }
  Error error(std::string message) const {
    inlay::Place place = line_->place;
    place.column = static_cast<std::uint32_t>(at_ + 1);
    return {ErrorKind::InvalidArgument, std::move(message), std::move(place)};
  }

  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
  llvm::Type* int_;
  llvm::Type* number_;
  llvm::Type* pointer_;
  llvm::Function* function_ = nullptr;  // the one being built
  const Line* line_ = nullptr;
  std::size_t at_ = 0;
  int depth_ = 0;
};

llvm::Function* Compiler::begin(const char* name, llvm::Type* result) {
  auto* type = llvm::FunctionType::get(result, {int_, pointer_}, /*isVarArg=*/false);
  function_ = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, &module_);
  builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "", function_));
  return function_;
}

/// Calls a function of the runtime.
llvm::Value* Compiler::call(const char* name, llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::SmallVector<llvm::Type*, 3> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  return builder_.CreateCall(module_.getOrInsertFunction(name, llvm::FunctionType::get(result, types, false)),
                             arguments);
}

Result<void> Compiler::evaluate(const std::vector<Line>& lines) {
  begin("evaluate", number_);
  llvm::Value* list = call("sum_new", pointer_, {});
  for (const Line& line : lines) {
    line_ = &line;
    at_ = 0;
    if (next() == '\0') continue;
    INLAY_TRY(llvm::Value * value, sum());
    if (next() != '\0') return error(std::string("unexpected '") + next() + "' behind an expression");
    call("sum_push", builder_.getVoidTy(), {list, value});
  }
  llvm::Value* total = call("sum_total", number_, {list});
  call("sum_free", builder_.getVoidTy(), {list});
  builder_.CreateRet(total);
  return {};
}

void Compiler::main() {
  llvm::Function* evaluate = function_;
  llvm::Function* main = begin("main", int_);
  call("sum_print", builder_.getVoidTy(), {builder_.CreateCall(evaluate, {main->getArg(0), main->getArg(1)})});
  builder_.CreateRet(builder_.getInt32(0));
}

Result<llvm::Value*> Compiler::sum() {
  INLAY_TRY(llvm::Value * value, product());
  while (next() == '+' || next() == '-') {
    const char* name = line_->text[at_++] == '+' ? "sum_add" : "sum_subtract";
    INLAY_TRY(llvm::Value * right, product());
    value = call(name, number_, {value, right});
  }
  return value;
}

Result<llvm::Value*> Compiler::product() {
  INLAY_TRY(llvm::Value * value, operand());
  while (next() == '*' || next() == '/' || next() == '%') {
    char sign = line_->text[at_++];
    const char* name = sign == '*' ? "sum_multiply" : sign == '/' ? "sum_divide" : "sum_remainder";
    INLAY_TRY(llvm::Value * right, operand());
    value = call(name, number_, {value, right});
  }
  return value;
}

Result<llvm::Value*> Compiler::operand() {
  if (depth_ == DepthLimit) return error("more than 200 levels of parentheses and signs; split the expression");
  ++depth_;
  llvm::Value* value = nullptr;
  char first = next();
  if (first == '(') {
    ++at_;
    INLAY_TRY(value, sum());
    if (next() != ')') return error("expected ')'");
    ++at_;
  } else if (first == '-') {
    ++at_;
    INLAY_TRY(llvm::Value * right, operand());
    value = call("sum_subtract", number_, {builder_.getInt64(0), right});
  } else if (first == '$') {
    ++at_;
    INLAY_TRY(std::int64_t index, literal());
    if (index < 1 || index > 1000) return error("there is no such argument; they are $1 to $1000");
    value = call("sum_argument", number_,
                 {function_->getArg(0), function_->getArg(1), builder_.getInt32(static_cast<std::uint32_t>(index))});
  } else {
    INLAY_TRY(std::int64_t number, literal());
    value = builder_.getInt64(static_cast<std::uint64_t>(number));
  }
  --depth_;
  return value;
}

Result<std::int64_t> Compiler::literal() {
  if (!std::isdigit(static_cast<unsigned char>(next()))) return error("expected a number, '$', '-' or '('");
  std::int64_t number = 0;
  for (; at_ < line_->text.size() && std::isdigit(static_cast<unsigned char>(line_->text[at_])); ++at_)
    if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, line_->text[at_] - '0', &number))
      return error("the number is too large; the largest is 9223372036854775807");
  return number;
}

}  // namespace

Result<inlay::Unit> compile(const std::vector<Line>& lines) {
  inlay::Unit unit = inlay::Unit::create("sum");
  Compiler compiler(inlay::module_of(unit));
  INLAY_TRY_VOID(compiler.evaluate(lines));
  compiler.main();
  return unit;
}

}  // namespace sum
