// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is passed by value and what is not. That it computes the same is a matter of the interpreters' tests.
#include "codegen/frames.h"

#include <memory>
#include <string>

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

namespace inlay::codegen {
namespace {

/// How many parameters @f has after its frames were passed by value.
std::size_t parameters_of_f(const std::string& text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  if (!module) ADD_FAILURE() << diagnostic.getMessage().str();
  if (!module) return 0;
  for (llvm::Function* function : pass_frames_by_value(*module)) EXPECT_FALSE(function->isDeclaration());
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));
  return module->getFunction("f")->arg_size();
}

/// Reads two pieces, and writes the second of them and a third.
const std::string Callee = R"(
declare void @told(ptr)
declare i32 @personality(...)
define internal i8 @f(ptr %frame, i64 %n) {
  %a = load i64, ptr %frame
  %at8 = getelementptr i8, ptr %frame, i64 8
  %b = load i64, ptr %at8
  %s = add i64 %a, %n
  %at16 = getelementptr i8, ptr %frame, i64 16
  %c = icmp eq i64 %b, 0
  br i1 %c, label %then, label %end
then:
  store i64 %s, ptr %at8
  br label %end
end:
  store i64 %b, ptr %at16
  ret i8 1
})";

std::string caller(const std::string& body, const std::string& attributes = "") {
  return Callee + "define i64 @main() " + attributes + " {\n  %frame = alloca [32 x i8], align 8\n" + body + "\n}";
}

const std::string Call = R"(
  store i64 1, ptr %frame
  %r = call i8 @f(ptr %frame, i64 3)
  %at = getelementptr i8, ptr %frame, i64 16
  %v = load i64, ptr %at
)";

TEST(Frames, come_and_go_as_values) { EXPECT_EQ(parameters_of_f(caller(Call + "ret i64 %v")), 4u); }

TEST(Frames, may_begin_within_a_variable) {
  EXPECT_EQ(parameters_of_f(caller(R"(
  %inner = getelementptr i8, ptr %frame, i64 8
  %r = call i8 @f(ptr %inner, i64 3)
  ret i64 0)")),
            4u);
}

TEST(Frames, stay_where_there_is_less_than_may_be_read) {
  EXPECT_EQ(parameters_of_f(caller(R"(
  %inner = getelementptr i8, ptr %frame, i64 16
  %r = call i8 @f(ptr %inner, i64 3)
  ret i64 0)")),
            2u);
}

TEST(Frames, stay_where_others_know_them) {
  EXPECT_EQ(parameters_of_f(caller("call void @told(ptr %frame)" + Call + "ret i64 %v")), 2u);
  EXPECT_EQ(parameters_of_f(caller(Call + "store ptr @f, ptr %frame ret i64 %v")), 2u);
  EXPECT_EQ(parameters_of_f(Callee + "define i8 @main(ptr %p) { %r = call i8 @f(ptr %p, i64 3) ret i8 %r }"), 2u);
}

TEST(Frames, stay_where_they_are_read_after_an_exception) {
  auto invoking = [](const std::string& handler) {
    return caller(R"(
  %r = invoke i8 @f(ptr %frame, i64 3) to label %next unwind label %pad
next:
  %at = getelementptr i8, ptr %frame, i64 16
  %v = load i64, ptr %at
  ret i64 %v
pad:
  %p = landingpad { ptr, i32 } cleanup
)" + handler,
                  "personality ptr @personality");
  };
  EXPECT_EQ(parameters_of_f(invoking("ret i64 0")), 4u);
  EXPECT_EQ(parameters_of_f(invoking("%w = load i64, ptr %frame ret i64 %w")), 2u);
  EXPECT_EQ(parameters_of_f(invoking("br label %next")), 2u);
}

TEST(Frames, of_a_recursion) {
  EXPECT_EQ(parameters_of_f(R"(
define internal void @f(ptr %frame) {
  %own = alloca i64
  %n = load i64, ptr %frame
  %c = icmp slt i64 %n, 2
  br i1 %c, label %end, label %again
again:
  %m = sub i64 %n, 1
  store i64 %m, ptr %own
  call void @f(ptr %own)
  %s = load i64, ptr %own
  %t = add i64 %s, %n
  store i64 %t, ptr %frame
  br label %end
end:
  ret void
}
define i64 @main() {
  %frame = alloca i64
  store i64 7, ptr %frame
  call void @f(ptr %frame)
  %v = load i64, ptr %frame
  ret i64 %v
})"),
            1u);
}

TEST(Frames, with_too_much_in_them_stay) {
  std::string stores;
  for (int i = 0; i < 4; ++i) {
    const std::string n = std::to_string(i);
    stores += "  %p" + n + " = getelementptr i64, ptr %frame, i64 " + n + "\n  store i64 0, ptr %p" + n + "\n";
  }
  EXPECT_EQ(
      parameters_of_f("define internal void @f(ptr %frame, i64 %n) {\n" + stores +
                      "  ret void\n}\ndefine void @main() { %frame = alloca [4 x i64] call void @f(ptr %frame, i64 "
                      "1) ret void }"),
      2u);
}

/// Of one piece, at the same place, with two types.
TEST(Frames, whose_pieces_are_not_one_thing_stay) {
  EXPECT_EQ(parameters_of_f(R"(
define internal void @f(ptr %frame, i64 %n) {
  store i64 %n, ptr %frame
  store double 1.0, ptr %frame
  ret void
}
define void @main() { %frame = alloca [4 x i64] call void @f(ptr %frame, i64 1) ret void })"),
            2u);
}

}  // namespace
}  // namespace inlay::codegen
