// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/guest_levels.h"

#include "runtime/names.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include <gtest/gtest.h>

namespace inlay::codegen {
namespace {

constexpr const char* Metadata = R"(
!llvm.dbg.cu = !{!0, !1}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !3, producer: "inlay guest", emissionKind: FullDebug)
!1 = distinct !DICompileUnit(language: DW_LANG_C, file: !4, producer: "clang", emissionKind: LineTablesOnly)
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DIFile(filename: "guest.lox", directory: "")
!4 = !DIFile(filename: "host.cpp", directory: "/")
!5 = !DISubroutineType(types: !6)
!6 = !{null}
!10 = distinct !DISubprogram(name: "run [clone]", scope: !3, file: !3, type: !5, spFlags: DISPFlagDefinition, flags: DIFlagArtificial, unit: !0)
!11 = distinct !DISubprogram(name: "fib", scope: !3, file: !3, line: 2, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!12 = distinct !DISubprogram(name: "fib", scope: !3, file: !3, line: 2, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!13 = distinct !DISubprogram(name: "main", scope: !3, file: !3, line: 8, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!14 = distinct !DISubprogram(name: "eval", scope: !4, file: !4, line: 40, type: !5, spFlags: DISPFlagDefinition, unit: !1)
!15 = !DILexicalBlockFile(scope: !11, file: !3, discriminator: 1)
!20 = !DILocation(line: 0, scope: !10)
!21 = distinct !DILocation(line: 0, scope: !10)
; fib is entered, and does line 3 within the block of line 2
!30 = distinct !DILocation(line: 2, scope: !15, inlinedAt: !21)
!31 = distinct !DILocation(line: 41, scope: !14, inlinedAt: !30)
!32 = !DILocation(line: 3, column: 7, scope: !12, inlinedAt: !31)
; where it calls itself, and the host has more code
!33 = distinct !DILocation(line: 42, scope: !14, inlinedAt: !32)
; by two functions of the host
!34 = distinct !DILocation(line: 2, scope: !15, inlinedAt: !39)
!39 = distinct !DILocation(line: 2, scope: !15, inlinedAt: !33)
!35 = distinct !DILocation(line: 43, scope: !14, inlinedAt: !34)
!36 = !DILocation(line: 4, scope: !12, inlinedAt: !35)
!37 = !DILocation(line: 44, scope: !14, inlinedAt: !36)
; of several lines
!38 = !DILocation(line: 0, scope: !12, inlinedAt: !31)
; another function of the guest
!40 = !DILocation(line: 9, scope: !13, inlinedAt: !21)
; a function of the host
!50 = !DILocation(line: 45, scope: !14)
)";

/// The levels of each instruction, `fib:4 fib:3`, after the host's are gone.
std::vector<std::string> levels_of(const std::string& functions, llvm::StringRef name = "f") {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(functions + Metadata, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str() << " in line " << diagnostic.getLineNo();
  if (!module) return {};
  keep_guest_levels(*module);
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));
  std::vector<std::string> levels;
  for (const llvm::Instruction& inst : llvm::instructions(*module->getFunction(name))) {
    std::string text;
    for (const llvm::DILocation* at = inst.getDebugLoc().get(); at; at = at->getInlinedAt()) {
      if (!text.empty()) text += ' ';
      text += at->getScope()->getSubprogram()->getName().str() + ":" + std::to_string(at->getLine());
    }
    levels.push_back(text);
  }
  return levels;
}

TEST(GuestLevels, are_one_for_each_activation) {
  static_assert(runtime::EntryDiscriminator == 1);
  EXPECT_EQ(levels_of(R"(
define void @f(ptr %p) !dbg !10 {
  store volatile i32 0, ptr %p, !dbg !20
  store volatile i32 1, ptr %p, !dbg !30
  store volatile i32 2, ptr %p, !dbg !32
  store volatile i32 3, ptr %p, !dbg !37
  store volatile i32 4, ptr %p, !dbg !38
  ret void, !dbg !20
})"),
            (std::vector<std::string>{"fib:2", "fib:2", "fib:3", "fib:4 fib:3", "fib:2", "fib:2"}));
}

TEST(GuestLevels, of_an_entry_with_several_functions_stay_in_it) {
  EXPECT_EQ(levels_of(R"(
define void @f(ptr %p) !dbg !10 {
  store volatile i32 1, ptr %p, !dbg !32
  store volatile i32 2, ptr %p, !dbg !40
  ret void, !dbg !20
})"),
            (std::vector<std::string>{"fib:3 run [clone]:0", "main:9 run [clone]:0", "run [clone]:0"}));
}

TEST(GuestLevels, leave_the_hosts_functions_alone) {
  EXPECT_EQ(levels_of(R"(
define void @f(ptr %p) !dbg !14 {
  store volatile i32 1, ptr %p, !dbg !50
  ret void
})"),
            (std::vector<std::string>{"eval:45", ""}));
}

}  // namespace
}  // namespace inlay::codegen
