// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/checks.h"

#include <string>

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

namespace inlay::codegen {
namespace {

/// How many branches of @f into a trap are left after the pass.
unsigned checks_left(const std::string& body) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(
      "declare void @llvm.assume(i1)\ndeclare i64 @llvm.smax.i64(i64, i64)\ndeclare void @use(i64)\n" + body,
      diagnostic, context);
  if (!module) ADD_FAILURE() << diagnostic.getMessage().str() << " in line " << diagnostic.getLineNo() - 3;
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
  llvm::Function* f = module->getFunction("f");
  RemoveChecksPass().run(*f, functions);
  EXPECT_FALSE(llvm::verifyModule(*module));
  unsigned checks = 0;
  for (llvm::BasicBlock& block : *f) {
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (!branch || !branch->isConditional() || llvm::isa<llvm::ConstantInt>(branch->getCondition())) continue;
    for (const llvm::BasicBlock* next : branch->successors())
      if (llvm::isa<llvm::UnreachableInst>(next->getTerminator())) ++checks;
  }
  return checks;
}

/// A loop over %i from `first`, as long as `goes_on` holds (%more), which checks `index` against %n and goes on with
/// `next` (%i.1).
std::string loop(const std::string& first, const std::string& goes_on, const std::string& index,
                 const std::string& next, const std::string& before = "") {
  return "define void @f(i64 %n, i64 %m, i64 %s) {\nentry:\n" + before + "  br label %head\nhead:\n  %i = phi i64 [ " +
         first + ", %entry ], [ %i.1, %body ]\n" + goes_on + "  br i1 %more, label %check, label %done\ncheck:\n" +
         index +
         "  %good = icmp ult i64 %index, %n\n  br i1 %good, label %body, label %trap\nbody:\n"
         "  call void @use(i64 %index)\n" +
         next + "  br label %head\ndone:\n  ret void\ntrap:\n  unreachable\n}\n";
}

constexpr const char* UpTo = "  %more = icmp slt i64 %i, %n\n";
constexpr const char* Itself = "  %index = add i64 %i, 0\n";
constexpr const char* ByOne = "  %i.1 = add i64 %i, 1\n";
/// %n is no more than 2^56.
constexpr const char* Length = "  %short = icmp ule i64 %n, 72057594037927936\n  call void @llvm.assume(i1 %short)\n";

TEST(RemoveChecks, knows_a_loop_that_counts_up) { EXPECT_EQ(checks_left(loop("0", UpTo, Itself, ByOne)), 0u); }

TEST(RemoveChecks, keeps_the_check_of_a_loop_that_begins_or_ends_elsewhere) {
  EXPECT_EQ(checks_left(loop("-1", UpTo, Itself, ByOne)), 1u);
  EXPECT_EQ(checks_left(loop("%m", UpTo, Itself, ByOne)), 1u);
  EXPECT_EQ(checks_left(loop("0", "  %more = icmp sle i64 %i, %n\n", Itself, ByOne)), 1u);
  EXPECT_EQ(checks_left(loop("0", "  %more = icmp slt i64 %i, %m\n", Itself, ByOne)), 1u);
  EXPECT_EQ(checks_left(loop("0", "  %more = icmp ne i64 %i, %n\n", Itself, ByOne)), 1u);
}

TEST(RemoveChecks, looks_at_what_is_added_to_the_index) {
  const std::string before = "  %more = icmp slt i64 %i, %n\n";
  EXPECT_EQ(checks_left(loop("1", before, "  %index = sub i64 %i, 1\n", ByOne)), 0u);
  EXPECT_EQ(checks_left(loop("1", before, "  %index = add i64 %i, -1\n", ByOne)), 0u);
  EXPECT_EQ(checks_left(loop("0", before, "  %index = add i64 %i, -1\n", ByOne)), 1u);
  EXPECT_EQ(checks_left(loop("0", before, "  %index = add i64 %i, 1\n", ByOne)), 1u);
}

/// The index wraps before it reaches a length that is near the greatest number.
TEST(RemoveChecks, needs_a_short_length_where_a_sum_would_wrap) {
  const std::string by_three = "  %i.1 = add i64 %i, 3\n";
  const std::string ahead = "  %last = add i64 %i, 2\n  %more = icmp slt i64 %last, %n\n";
  EXPECT_EQ(checks_left(loop("0", ahead, Itself, by_three)), 1u);
  EXPECT_EQ(checks_left(loop("0", ahead, Itself, by_three, Length)), 0u);
  EXPECT_EQ(checks_left(loop("0", ahead, "  %index = add i64 %i, 2\n", by_three, Length)), 0u);
  EXPECT_EQ(checks_left(loop("0", ahead, "  %index = add i64 %i, 3\n", by_three, Length)), 1u);
}

TEST(RemoveChecks, knows_loops_that_step_by_a_variable) {
  const std::string by_s = "  %i.1 = add i64 %i, %s\n";
  const std::string step = "  %forward = icmp sge i64 %s, 0\n  call void @llvm.assume(i1 %forward)\n";
  const std::string small = "  %near = icmp sle i64 %s, 1000\n  call void @llvm.assume(i1 %near)\n";
  EXPECT_EQ(checks_left(loop("0", UpTo, Itself, by_s)), 1u);
  EXPECT_EQ(checks_left(loop("0", UpTo, Itself, by_s, Length)), 1u);
  EXPECT_EQ(checks_left(loop("0", UpTo, Itself, by_s, step + Length)), 1u);  // it may wrap
  EXPECT_EQ(checks_left(loop("0", UpTo, Itself, by_s, step + small)), 1u);
  EXPECT_EQ(checks_left(loop("0", UpTo, Itself, by_s, step + small + Length)), 0u);
}

TEST(RemoveChecks, knows_a_loop_that_counts_down) {
  const std::string down = "  %more = icmp sgt i64 %i, 0\n";
  const std::string index = "  %index = add i64 %i, -1\n", next = "  %i.1 = add i64 %i, -1\n";
  EXPECT_EQ(checks_left(loop("%n", down, index, next)), 0u);
  EXPECT_EQ(checks_left(loop("%m", down, index, next)), 1u);
  EXPECT_EQ(checks_left(loop("%n", down, Itself, next)), 1u);
  EXPECT_EQ(checks_left(loop("%n", "  %more = icmp sge i64 %i, 0\n", index, next)), 1u);
}

/// As in Shell's sort: backwards by a gap as long as there is room.
TEST(RemoveChecks, knows_a_loop_that_goes_back_by_a_variable) {
  const std::string inside =
      "  %low = icmp sge i64 %m, 0\n  call void @llvm.assume(i1 %low)\n"
      "  %high = icmp slt i64 %m, %n\n  call void @llvm.assume(i1 %high)\n";
  const std::string gap = "  %positive = icmp sgt i64 %s, 0\n  call void @llvm.assume(i1 %positive)\n";
  const std::string room = "  %more = icmp sge i64 %i, %s\n", back = "  %i.1 = sub i64 %i, %s\n";
  const std::string index = "  %index = sub i64 %i, %s\n";
  EXPECT_EQ(checks_left(loop("%m", room, index, back, inside + gap)), 0u);
  EXPECT_EQ(checks_left(loop("%m", room, index, back, inside)), 1u);  // a gap below 0 goes forward
  EXPECT_EQ(checks_left(loop("%m", room, index, back, gap)), 1u);
}

TEST(RemoveChecks, knows_the_middle_of_two) {
  const auto search = [](const std::string& low) {
    return "define void @f(i64 %n, i64 %x) {\nentry:\n  br label %head\nhead:\n"
           "  %lo = phi i64 [ " +
           low +
           ", %entry ], [ %lo.1, %body ]\n"
           R"(  %hi = phi i64 [ %n, %entry ], [ %hi.1, %body ]
  %more = icmp slt i64 %lo, %hi
  br i1 %more, label %check, label %done
check:
  %distance = sub i64 %hi, %lo
  %half = sdiv i64 %distance, 2
  %mid = add i64 %lo, %half
  %good = icmp ult i64 %mid, %n
  br i1 %good, label %body, label %trap
body:
  %right = icmp slt i64 %mid, %x
  %above = add i64 %mid, 1
  %lo.1 = select i1 %right, i64 %above, i64 %lo
  %hi.1 = select i1 %right, i64 %hi, i64 %mid
  br label %head
done:
  ret void
trap:
  unreachable
})";
  };
  EXPECT_EQ(checks_left(search("0")), 0u);
  EXPECT_EQ(checks_left(search("-5")), 1u);
}

/// What an inner loop leaves is the outer one's next index.
TEST(RemoveChecks, follows_an_index_through_inner_loops) {
  const auto nested = [](const std::string& before) {
    return "define void @f(i64 %n, i1 %c) {\nentry:\n" + before + R"(  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.1, %end ]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %inner, label %done
inner:
  %k = phi i64 [ %i, %outer ], [ %k.1, %body ]
  %in = icmp slt i64 %k, %n
  br i1 %in, label %check, label %end
check:
  %good = icmp ult i64 %k, %n
  br i1 %good, label %body, label %trap
body:
  %k.1 = add i64 %k, 1
  br i1 %c, label %inner, label %end
end:
  %at = phi i64 [ %k, %inner ], [ %k, %body ]
  %i.1 = add i64 %at, 1
  br label %outer
done:
  ret void
trap:
  unreachable
})";
  };
  EXPECT_EQ(checks_left(nested(Length)), 0u);
  EXPECT_EQ(checks_left(nested("")), 1u);  // n + 1 may wrap
}

/// %limit is another one in each round of the outer loop, and %i lives longer than that.
TEST(RemoveChecks, does_not_take_a_value_of_another_round_for_the_same) {
  EXPECT_EQ(checks_left(R"(declare i64 @give()
define void @f() {
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.2, %inner ]
  %limit = call i64 @give()
  br label %inner
inner:
  %k = phi i64 [ 0, %outer ], [ %i.2, %next ]
  %i.2 = add nsw i64 %k, 1
  %more = icmp slt i64 %i.2, %limit
  br i1 %more, label %body, label %outer
body:
  %good = icmp sle i64 %k, %limit
  %fine = icmp slt i64 %i, %limit
  br i1 %good, label %next, label %trap
next:
  br i1 %fine, label %inner, label %trap
trap:
  unreachable
})"),
            1u);  // the first one follows from the branch; that %i was below an earlier limit says nothing
}

TEST(RemoveChecks, unsigned_comparisons_of_negative_numbers_say_nothing) {
  const auto twice = [](const std::string& first, const std::string& second) {
    return "define void @f(i64 %n, i64 %i, i64 %s) {\n  %a = " + first +
           "\n  br i1 %a, label %next, label %end\nnext:\n  %good = " + second +
           "\n  br i1 %good, label %end, label %trap\nend:\n  ret void\ntrap:\n  unreachable\n}\n";
  };
  EXPECT_EQ(checks_left(twice("icmp ult i64 %i, %n", "icmp slt i64 %i, %n")), 1u);
  EXPECT_EQ(checks_left(twice("icmp ult i64 %i, 100", "icmp slt i64 %i, 100")), 0u);
  EXPECT_EQ(checks_left(twice("icmp ult i64 %i, -1", "icmp slt i64 %i, 100")), 1u);
  EXPECT_EQ(checks_left(twice("icmp sgt i64 %i, 0", "icmp ne i64 %i, 0")), 0u);
  EXPECT_EQ(checks_left(twice("icmp sge i64 %i, 0", "icmp ne i64 %i, 0")), 1u);
  EXPECT_EQ(checks_left(twice("icmp slt i64 %i, %n", "icmp slt i64 %s, %n")), 1u);
  EXPECT_EQ(checks_left(twice("icmp slt i64 %i, %n", "icmp ult i64 %i, %n")), 1u);
}

TEST(RemoveChecks, a_loop_that_leaves_by_the_trap_alone_keeps_it) {
  EXPECT_EQ(checks_left(loop("0", "  %more = icmp eq i64 0, 0\n", Itself, ByOne)), 1u);
}

}  // namespace
}  // namespace inlay::codegen
