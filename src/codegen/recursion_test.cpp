// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is computed is a matter of tests/interpreters and of the examples; here, what is taken in and what is not.
#include "codegen/recursion.h"

#include <string>

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

namespace inlay::codegen {
namespace {

/// How often @f calls itself after the pass.
unsigned calls_left(const std::string& text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  if (!module) ADD_FAILURE() << diagnostic.getMessage().str();
  if (!module) return 0;
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  InlineRecursionPass().run(*module, modules);
  EXPECT_FALSE(llvm::verifyModule(*module));
  llvm::Function* f = module->getFunction("f");
  unsigned calls = 0;
  for (llvm::Instruction& inst : llvm::instructions(f)) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
    if (call && call->getCalledFunction() == f) ++calls;
  }
  for (llvm::Function& other : *module) EXPECT_TRUE(&other == f || other.isDeclaration()) << other.getName().str();
  return calls;
}

/// Two calls of itself a round.
std::string fibonacci(const std::string& linkage, const std::string& call, const std::string& attributes = "") {
  return "define " + linkage + " i64 @f(i64 %n) " + attributes + R"( {
  %small = icmp slt i64 %n, 2
  br i1 %small, label %end, label %more
more:
  %a = sub i64 %n, 1
  %x = )" +
         call + R"( i64 @f(i64 %a)
  %b = sub i64 %n, 2
  %y = )" +
         call + R"( i64 @f(i64 %b)
  %s = add i64 %x, %y
  br label %end
end:
  %r = phi i64 [%n, %0], [%s, %more]
  ret i64 %r
})";
}

TEST(InlineRecursion, takes_in_some_rounds) {
  const unsigned calls = calls_left(fibonacci("internal", "call"));
  EXPECT_GE(calls, 8u);
  EXPECT_LE(calls, 128u);
}

TEST(InlineRecursion, leaves_what_others_may_replace_or_asks_to_stay) {
  EXPECT_EQ(calls_left(fibonacci("", "call")), 2u);
  EXPECT_EQ(calls_left(fibonacci("internal", "call", "noinline")), 2u);
  EXPECT_EQ(calls_left(fibonacci("internal", "call", "\"inlay-noinline\"")), 2u);
}

TEST(InlineRecursion, leaves_calls_that_must_be_jumps) {
  EXPECT_EQ(calls_left(R"(define internal i64 @f(i64 %n) {
  %small = icmp slt i64 %n, 2
  br i1 %small, label %end, label %more
more:
  %a = sub i64 %n, 1
  %x = musttail call i64 @f(i64 %a)
  ret i64 %x
end:
  ret i64 %n
})"),
            1u);
}

TEST(InlineRecursion, leaves_large_functions) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += "  call void @host(i64 " + std::to_string(i) + ")\n";
  EXPECT_EQ(calls_left("declare void @host(i64)\ndefine internal void @f(i64 %n) {\n" + body +
                       "  call void @f(i64 %n)\n  ret void\n}"),
            1u);
}

/// Variables of a round are the next one's no longer: each gets its own.
TEST(InlineRecursion, keeps_variables_of_rounds_apart) {
  EXPECT_GE(calls_left(R"(declare void @host(ptr)
define internal void @f(ptr %outer, i64 %n) {
  %own = alloca i64
  store i64 %n, ptr %own
  call void @host(ptr %outer)
  %more = icmp sgt i64 %n, 0
  br i1 %more, label %again, label %end
again:
  %next = sub i64 %n, 1
  call void @f(ptr %own, i64 %next)
  br label %end
end:
  call void @host(ptr %own)
  ret void
})"),
            1u);
}

}  // namespace
}  // namespace inlay::codegen
