// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/signature.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

namespace inlay::runtime {
namespace {

Signature signature(const std::string& declaration) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  const std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(declaration, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  const llvm::Function& function = *module->begin();
  return signature_of(*function.getFunctionType(), function.getAttributes());
}

bool fits(const std::string& declared, const std::string& defined) {
  return can_call(signature("declare " + declared), signature("declare " + defined));
}

TEST(Signature, is_written_as_programs_write_it) {
  EXPECT_EQ(signature("declare double @f(double, ptr, i1 zeroext, float)").text, "fn(f64, ptr, bool, f32) -> f64");
  EXPECT_EQ(signature("declare void @f()").text, "fn()");
  EXPECT_EQ(signature("declare {ptr, i64} @f(<4 x float>, ...)").text, "fn(<4 x f32>, ...) -> {ptr, i64}");
  EXPECT_EQ(signature("declare void @f(ptr sret([24 x i8]), ptr byval([20 x i8]))").text,
            "fn(ptr for the result, 20 bytes by value)");
}

TEST(Signature, other_words_do_not_fit) {
  EXPECT_FALSE(fits("i64 @f(i64)", "double @f(double)"));
  EXPECT_FALSE(fits("i64 @f(i64)", "i64 @f(double)"));
  EXPECT_FALSE(fits("i64 @f(i64, i64)", "i64 @f(i64, i64, i64)"));
  EXPECT_FALSE(fits("i64 @f(i64, i64)", "i64 @f(i64)"));
  EXPECT_FALSE(fits("i64 @f(ptr)", "i64 @f(ptr byval([24 x i8]))"));
  EXPECT_FALSE(fits("i64 @f(i64, i64, i64, i64, i64, i64, i64)", "i64 @f(i64, i64, i64, i64, i64, i64, i64, i64)"));
}

TEST(Signature, half_of_what_is_looked_at_does_not_fit) {
  EXPECT_FALSE(fits("void @f(i32)", "void @f(i64)"));
  EXPECT_FALSE(fits("void @f(float)", "void @f(double)"));
  EXPECT_FALSE(fits("void @f(double)", "void @f(float)"));
  EXPECT_FALSE(fits("i64 @f()", "i32 @f()"));
  EXPECT_FALSE(fits("i64 @f()", "void @f()"));
  EXPECT_FALSE(fits("double @f()", "x86_fp80 @f()"));
  EXPECT_FALSE(fits("{ptr, i64} @f()", "ptr @f()"));
}

TEST(Signature, what_is_said_in_another_way_fits) {
  EXPECT_TRUE(fits("ptr @f(ptr, i64)", "i64 @f(i64, ptr)"));
  EXPECT_TRUE(fits("i32 @f(i8, i16, i1)", "signext i32 @f(i8 signext, i16 zeroext, i1 zeroext)"));
  EXPECT_TRUE(fits("i32 @f(i64)", "i64 @f(i32)"));
  EXPECT_TRUE(fits("void @f(i64)", "double @f(i64)"));
  EXPECT_TRUE(fits("ptr @f(ptr, i64)", "void @f(ptr sret([24 x i8]), i64)"));
  EXPECT_TRUE(fits("void @f(double, float)", "void @f(<2 x float>, float)"));
  EXPECT_TRUE(fits("i64 @f(i64, i64)", "i64 @f([2 x i64])"));
  EXPECT_TRUE(fits("{ptr, i64} @f()", "i128 @f()"));
  EXPECT_TRUE(fits("i32 @f(ptr, i64)", "i32 @f(ptr, ...)"));
  EXPECT_TRUE(fits("i32 @f(i64, i64, i64, i64, i64, i64, i64, i64, i64)",
                   "i32 @f(i64, i64, i64, i64, i64, i64, ptr byval([24 x i8]))"));
}

}  // namespace
}  // namespace inlay::runtime
