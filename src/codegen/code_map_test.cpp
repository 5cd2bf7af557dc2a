// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/code_map.h"

#include <algorithm>
#include <tuple>

#include "codegen/pipeline.h"

#include "runtime/names.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

namespace inlay::codegen {
namespace {

Machine& machine() { return *machine_of_thread(Cpu::Host).value(); }

Object object_of(const std::string& text, Level level = Level::O0) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  if (!module) return {};
  Result<Object> object = emit(*module, machine(), level);
  EXPECT_TRUE(object) << object.error().to_string();
  return object ? *std::move(object) : Object{};
}

std::vector<MappedFunction> map_of(const std::string& text, Level level = Level::O0) {
  Result<std::vector<MappedFunction>> map = read_code_map(object_of(text, level), machine());
  EXPECT_TRUE(map) << map.error().to_string();
  return map ? *map : std::vector<MappedFunction>{};
}

// Volatile stores, each at a place of its own: where code is known to be.
constexpr const char* Body = R"(
define void @f(ptr %p) !dbg !10 {
  store volatile i32 100, ptr %p, !dbg !20
  store volatile i32 101, ptr %p, !dbg !21
  store volatile i32 102, ptr %p, !dbg !22
  store volatile i32 103, ptr %p, !dbg !23
  store volatile i32 104, ptr %p, !dbg !24
  store volatile i32 105, ptr %p, !dbg !25
  ret void, !dbg !26
}
!llvm.dbg.cu = !{!0, !1}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !3, emissionKind: LineTablesOnly)
!1 = distinct !DICompileUnit(language: DW_LANG_C, file: !4, emissionKind: LineTablesOnly)
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DIFile(filename: "inlay.guest", directory: "")
!4 = !DIFile(filename: "host.c", directory: "/")
!5 = !DISubroutineType(types: !6)
!6 = !{null}
!10 = distinct !DISubprogram(name: "entry", scope: !3, file: !3, type: !5, spFlags: DISPFlagDefinition, flags: DIFlagArtificial, unit: !0)
!11 = distinct !DISubprogram(name: "inlay.guest", scope: !3, file: !3, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!12 = distinct !DISubprogram(name: "interpret", scope: !4, file: !4, line: 5, type: !5, spFlags: DISPFlagDefinition, unit: !1)
!20 = !DILocation(line: 50, scope: !12, inlinedAt: !30)
!21 = !DILocation(line: 7, scope: !11, inlinedAt: !40)
!22 = !DILocation(line: 50, scope: !12, inlinedAt: !31)
!23 = !DILocation(line: 50, scope: !12, inlinedAt: !32)
!24 = !DILocation(line: 51, scope: !12, inlinedAt: !33)
!25 = !DILocation(line: 50, scope: !12, inlinedAt: !35)
!26 = !DILocation(line: 0, scope: !10)
!30 = !DILocation(line: 3, scope: !11, inlinedAt: !40)
!31 = !DILocation(line: 16777215, scope: !11, inlinedAt: !40)
!32 = !DILocation(line: 0, scope: !11, inlinedAt: !40)
!33 = !DILocation(line: 9, scope: !11, inlinedAt: !34)
!34 = distinct !DILocation(line: 52, scope: !12, inlinedAt: !30)
!35 = !DILocation(line: 70000, scope: !11, inlinedAt: !40)
!40 = distinct !DILocation(line: 0, scope: !10)
)";

TEST(CodeMap, tells_guest_instructions_apart) {
  static_assert(runtime::NoGuest == 16777215);
  std::vector<MappedFunction> map = map_of(Body);
  ASSERT_EQ(map.size(), 1u);
  EXPECT_EQ(map[0].symbol, "f");
  std::string seen;
  for (const GuestRange& range : map[0].ranges) {
    seen += std::to_string(range.guest) + ":";
    for (int stored = 100; stored < 106; ++stored)
      if (range.assembly.find(", " + std::to_string(stored)) != std::string::npos) seen += std::to_string(stored);
    seen += " ";
  }
  // By the host's code, by the guest scope alone, by the innermost of two, and with a number of more than 16 bits.
  // What is of none, or of several, is left out.
  EXPECT_EQ(seen, "3:100 7:101 9:104 70000:105 ");
  EXPECT_GT(map[0].shared, 0u);
  EXPECT_LT(map[0].ranges.back().offset + map[0].ranges.back().size, map[0].size);
}

// A program of two files, one function of which was inlined into the other, and a function of a runtime into both.
constexpr const char* Program = R"(
define void @f(ptr %p) !dbg !10 {
  store volatile i32 100, ptr %p, !dbg !20
  store volatile i32 101, ptr %p, !dbg !21
  store volatile i32 102, ptr %p, !dbg !22
  store volatile i32 103, ptr %p, !dbg !23
  store volatile i32 104, ptr %p, !dbg !24
  ret void, !dbg !20
}
define void @host(ptr %p) !dbg !12 {
  store volatile i32 105, ptr %p, !dbg !25
  ret void, !dbg !25
}
!llvm.dbg.cu = !{!0, !1}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !3, emissionKind: LineTablesOnly)
!1 = distinct !DICompileUnit(language: DW_LANG_C, file: !4, emissionKind: LineTablesOnly)
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DIFile(filename: "query.sql", directory: "")
!4 = !DIFile(filename: "host.c", directory: "/")
!5 = !DISubroutineType(types: !6)
!6 = !{null}
!7 = !DIFile(filename: "view.sql", directory: "")
!10 = distinct !DISubprogram(name: "f", scope: !3, file: !3, line: 3, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!11 = distinct !DISubprogram(name: "g", scope: !7, file: !7, line: 8, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!12 = distinct !DISubprogram(name: "host", scope: !4, file: !4, line: 5, type: !5, spFlags: DISPFlagDefinition, unit: !1)
!20 = !DILocation(line: 4, scope: !10)
!21 = !DILocation(line: 50, scope: !12, inlinedAt: !30)
!22 = !DILocation(line: 9, scope: !11, inlinedAt: !31)
!23 = !DILocation(line: 50, scope: !12, inlinedAt: !32)
!24 = !DILocation(line: 50, scope: !12, inlinedAt: !33)
!25 = !DILocation(line: 50, scope: !12)
!30 = distinct !DILocation(line: 5, scope: !10)
!31 = distinct !DILocation(line: 6, scope: !10)
!32 = distinct !DILocation(line: 10, scope: !11, inlinedAt: !31)
!33 = distinct !DILocation(line: 0, scope: !10)
)";

TEST(CodeMap, tells_the_lines_of_a_program_apart) {
  const std::vector<std::string> units{"query.sql"};
  const LineMap map = read_line_map(object_of(Program), machine(), units).value();
  std::string seen;
  for (const MappedFunction& function : map.functions)
    for (const GuestRange& range : function.ranges) {
      const SourceLine& line = map.lines[range.guest - 1];
      for (int stored = 100; stored < 106; ++stored)
        if (range.assembly.find(", " + std::to_string(stored)) != std::string::npos)
          seen +=
              line.function + " " + line.file + ":" + std::to_string(line.line) + "=" + std::to_string(stored) + " ";
    }
  // Of the runtime's function, what was inlined belongs to the line that calls it; the rest is nobody's, as is what
  // LLVM made of several lines.
  EXPECT_EQ(seen, "f query.sql:4=100 f query.sql:5=101 g view.sql:9=102 g view.sql:10=103 ");
  ASSERT_EQ(map.functions.size(), 2u);
  EXPECT_GT(map.functions[0].shared, 0u);
  EXPECT_TRUE(map.functions[1].ranges.empty());
  for (std::size_t i = 1; i < map.lines.size(); ++i)
    EXPECT_LT(std::tie(map.lines[i - 1].file, map.lines[i - 1].line), std::tie(map.lines[i].file, map.lines[i].line));
}

TEST(CodeMap, finds_nothing_without_locations) {
  std::vector<MappedFunction> map = map_of("define i32 @f(i32 %a) { %b = add i32 %a, 1 ret i32 %b }");
  ASSERT_EQ(map.size(), 1u);
  EXPECT_TRUE(map[0].ranges.empty());
  EXPECT_EQ(map[0].shared, 0u);
  EXPECT_GT(map[0].size, 0u);
}

TEST(CodeMap, names_what_is_called) {
  std::vector<MappedFunction> map = map_of(R"(
define internal void @near() noinline optnone { ret void }
define internal void @far.inlay.7() noinline optnone section ".text.far" { ret void }
declare void @outside()
define void @f(ptr %p) { call void @near() call void @far.inlay.7() call void @outside() call void %p() ret void })");
  auto f = std::find_if(map.begin(), map.end(), [](const MappedFunction& each) { return each.symbol == "f"; });
  ASSERT_NE(f, map.end());
  std::string called;
  for (std::size_t at = 0; (at = f->assembly.find("call\t", at)) != std::string::npos; ++at) {
    const std::string line = f->assembly.substr(at, f->assembly.find('\n', at) - at);
    called += line.find("# ") == std::string::npos ? "? " : line.substr(line.find("# ") + 2) + " ";
  }
  EXPECT_EQ(called, "near far outside ? ") << f->assembly;
}

TEST(CodeMap, knows_functions_in_sections_of_their_own) {
  std::string text = Body;
  text.replace(text.find("!dbg !10 {"), 0, "section \".text.far\" ");
  std::vector<MappedFunction> map = map_of("define void @first() { ret void }\n" + text);
  ASSERT_EQ(map.size(), 2u);
  for (const MappedFunction& function : map) EXPECT_EQ(function.ranges.size(), function.symbol == "f" ? 4u : 0u);
}

}  // namespace
}  // namespace inlay::codegen
