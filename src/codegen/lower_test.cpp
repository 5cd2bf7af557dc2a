// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/lower.h"

#include "codegen/emit.h"
#include "codegen/lower/lower.h"
#include "codegen/pipeline.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"
#include "ir/verify/sample.h"
#include "runtime/unit.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ELFObjectFile.h>

#include <gtest/gtest.h>

#include <regex>

namespace inlay {
namespace {

Result<Unit> lower_text(std::string_view text, const LowerOptions& options = {}) {
  INLAY_TRY(ir::Module module, ir::parse(text));
  INLAY_TRY(Unit unit, lower(module, options));
  INLAY_TRY_VOID(codegen::check(*unit.state().module));
  return unit;
}

/// The program as LLVM's text, or why there is none.
std::string lowered(std::string_view text, const LowerOptions& options = {}) {
  const Result<Unit> unit = lower_text(text, options);
  return unit ? unit->to_text() : unit.error().to_string();
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

#define EXPECT_HAS(text, what) EXPECT_NE((text).find(what), std::string::npos) << (text)
#define EXPECT_LACKS(text, what) EXPECT_EQ((text).find(what), std::string::npos) << (text)

constexpr std::string_view Sum = R"(
file 1 "sum.src"
func @sum(%numbers: []i64) -> i64 {                !10
  %n = len []i64 %numbers                          !11
  jump head(0, 0)
head(%i: i64, %total: i64):
  %more = lt i64 %i, %n                            !12
  branch %more, body, done
body:
  %at = elem []i64 %numbers, %i                    !13
  %number = load i64 %at                           !13
  %total.1 = add i64 %total, %number               !14
  %i.1 = add i64 %i, 1
  jump head(%i.1, %total.1)
done:
  return i64 %total                                !15
}
export func @main(%p: ptr, %n: i64) -> i64 {
  %all = make_slice []i64 %p, %n
  %sum = call fn([]i64) -> i64 @sum(%all)
  return i64 %sum
}
)";

TEST(Lower, checks_bounds_and_promises_nothing) {
  // Without what LLVM says of its own.
  const std::string text = std::regex_replace(lowered(Sum), std::regex("[^\n]*nocallback[^\n]*"), "");
  EXPECT_HAS(text, "define internal i64 @sum(ptr %0, i64 %1)");
  EXPECT_HAS(text, "define i64 @main(ptr %0, i64 %1)");
  EXPECT_HAS(text, "icmp uge i64");
  EXPECT_HAS(text, "!prof");
  EXPECT_HAS(text, "call void @inlay_trap(ptr @inlay.sites.sum");
  EXPECT_HAS(text, "; Function Attrs: cold noreturn\ndeclare void @inlay_trap");
  for (const char* promise : {" nsw", " nuw", " exact", " fast", "nounwind"}) EXPECT_LACKS(text, promise);
  // The element's address is not asked whether it is null.
  EXPECT_LACKS(text, "icmp eq ptr");
}

TEST(Lower, states_how_long_a_slice_can_be_that_has_elements) {
  const auto longest = [](const std::string& element) {
    return lowered("export func @f(%all: []" + element + ", %i: i64) -> ptr {\n  %at = elem []" + element +
                   " %all, %i\n  %again = elem []" + element + " %all, 0\n  return ptr %at\n}");
  };
  const std::string bytes = longest("i8");
  // Behind the check, as others may be of any length.
  EXPECT_TRUE(std::regex_search(bytes, std::regex("br i1 %\\d+, label %\\d+, label %(\\d+), !prof[^\n]*\n\n\\1:[^\n]*\n"
                                                  "  (%\\d+) = icmp ule i64 %1, 72057594037927936\n"
                                                  "  call void @llvm.assume\\(i1 \\2\\)")))
      << bytes;
  EXPECT_EQ(count(bytes, "call void @llvm.assume"), 1u);  // once a block
  EXPECT_HAS(longest("f64"), "icmp ule i64 %1, 9007199254740992\n");
  EXPECT_LACKS(longest("[0]i8"), "@llvm.assume");
  EXPECT_LACKS(lowered(Sum, {.facts = false}), "@llvm.assume");
}

TEST(Lower, only_roots_are_visible) {
  const std::string text = lowered(Sum, {.roots = {"sum"}});
  EXPECT_HAS(text, "define i64 @sum(");
  EXPECT_LACKS(text, "@main");
  EXPECT_HAS(lowered(Sum, {.roots = {"other"}}), "no function or data '@other'");
}

TEST(Lower, asks_a_pointer_once_a_block) {
  const std::string text = lowered(R"(
    type Two = struct { a: i64, b: i64 }
    var @v : i64 = 7
    export func @f(%p: ptr) -> i64 {
      %s = slot Two
      %x = field Two %s, b
      %0 = load i64 %x
      %1 = load i64 @v
      %2 = load i64 %p
      %y = field Two %p, b
      %3 = load i64 %y
      %4 = offset i64 %p, 3
      %5 = load i64 %4
      return i64 %5
    })");
  EXPECT_EQ(count(text, "icmp eq ptr"), 2u) << text;  // what `offset` leads to may be null
}

/// The line that defines or declares a function.
std::string header(const std::string& text, const std::string& name) {
  std::smatch found;
  const std::regex wanted("\n((define|declare)[^\n]* @" + name + "\\([^)]*\\))");
  return std::regex_search(text, found, wanted) ? found[1].str() : text;
}

TEST(Lower, passes_pairs_as_c_does) {
  constexpr std::string_view Text = R"(
    extern func @six(i64, i64, i64, i64, i64, []i8, i64) -> []i8
    extern func @last(i64, i64, i64, i64, i64, i64, i64, []i8)
    extern func @narrow(bool, i8, i16, i32) -> i8
    export func @f(%s: []i8) -> []i8 {
      %r = call fn(i64, i64, i64, i64, i64, []i8, i64) -> []i8 @six(1, 2, 3, 4, 5, %s, 7)
      call fn(i64, i64, i64, i64, i64, i64, i64, []i8) @last(1, 2, 3, 4, 5, 6, 7, %r)
      %n = call fn(bool, i8, i16, i32) -> i8 @narrow(true, 1, 2, 3)
      return []i8 %r
    })";
  const std::string x86 = lowered(Text);
  EXPECT_EQ(header(x86, "six"), "declare { ptr, i64 } @six(i64, i64, i64, i64, i64, i64, ptr, i64)");
  EXPECT_HAS(x86, "i64 5, i64 7, ptr ");
  EXPECT_EQ(header(x86, "narrow"), "declare signext i8 @narrow(i1 zeroext, i8 signext, i16 signext, i32 signext)");
  const std::string arm = lowered(Text, {.architecture = Architecture::AArch64});
  EXPECT_EQ(header(arm, "last"), "declare void @last(i64, i64, i64, i64, i64, i64, i64, i64, ptr, i64)");
  EXPECT_HAS(arm, "i64 7, i64 undef, ptr ");
  EXPECT_EQ(header(arm, "narrow"), "declare i8 @narrow(i1, i8, i16, i32)");
  const std::string risc = lowered(Text, {.architecture = Architecture::RiscV64});
  EXPECT_EQ(header(risc, "last"), "declare void @last(i64, i64, i64, i64, i64, i64, i64, ptr, i64)");
}

TEST(Lower, tells_edges_to_one_block_apart) {
  const Result<Unit> unit = lower_text(R"(
    export func @f(%x: i64, %c: bool) -> i64 {
      switch i64 %x, end(0) [1: end(10), 2: end(20), 3: other]
    other:
      branch %c, end(1), end(2)
    end(%r: i64):
      return i64 %r
    })");
  EXPECT_TRUE(unit) << unit.error().to_string();
}

TEST(Lower, a_program_may_have_functions_called_as_the_c_librarys) {
  const std::string text = lowered(R"(
    func @strlen(%p: ptr) -> i64 noinline { return i64 5 }
    export func @f(%p: ptr) -> i64 {
      %n = call fn(ptr) -> i64 @strlen(%p)
      return i64 %n
    })");
  EXPECT_HAS(text, "@strlen.own(");
  EXPECT_HAS(lowered("export func @strlen(%p: ptr) -> i64 { return i64 5 }"), "\"no-builtins\"");
  EXPECT_HAS(lowered("export func @llvm.trap() { return_void }"), "give it another");
}

TEST(Lower, data_keeps_its_pointers) {
  const std::string text = lowered(R"(
    type Pair = struct { n: i64, p: ptr }
    interface Shape { area() -> i64 }
    func @one(%o: ptr) -> i64 { return i64 1 }
    table @shape : Shape = { @one }
    data @bytes = "hello"
    data @pair : Pair = { 5, @bytes + 2 }
    var @counter : i64 = -3
    export var @zeros : [1000]i64 = zero
    export func @f() -> i64 {
      %s = make_interface Shape @pair, @shape
      %a = call_interface fn() -> i64 %s, area()
      %b = load i64 @counter
      %c = add i64 %a, %b
      return i64 %c
    })");
  EXPECT_HAS(text, "@shape = internal constant [1 x ptr] [ptr @one], align 8");
  EXPECT_HAS(text, "ptr getelementptr (i8, ptr @bytes, i64 2) }>, align 8");
  EXPECT_HAS(text, "@counter = internal global i64 -3, align 8");
  EXPECT_HAS(text, "@zeros = global [8000 x i8] zeroinitializer, align 8");
  EXPECT_HAS(text, "!invariant.load");
}

TEST(Lower, assembly_is_read_before) {
  constexpr std::string_view Good = R"(
    export func @add(i64, i64) -> i64 asm x86_64 {
      lea rax, [rdi + rsi]
      ret
    } asm aarch64 {
      add x0, x0, x1
      ret
    })";
  EXPECT_HAS(lowered(Good), "lea rax, [rdi + rsi]");
  EXPECT_HAS(lowered(Good, {.architecture = Architecture::AArch64}), "add x0, x0, x1");
  const std::string none = lowered(Good, {.architecture = Architecture::RiscV64});
  EXPECT_HAS(none, "'@add' has no assembly for riscv64 (it has x86_64, aarch64)");
  const std::string bad = lowered("file 1 \"a.src\"\nexport func @f() asm x86_64 {\n  nop\n  mov rax, 5, 6\n}");
  EXPECT_HAS(bad, "line 3 of the assembly of '@f' for x86_64: ");
  EXPECT_HAS(bad, "in 'mov rax, 5, 6' [invalid-program]");
  EXPECT_HAS(lowered("export func @f() asm x86_64 { .if 1 }"), "the directive '.if'");
  // What the target has not is written as numbers: emitting would only find it later.
  const std::string sve =
      lowered("export func @f() -> i64 asm aarch64 {\n cntb x0\n ret\n}", {.architecture = Architecture::AArch64});
  EXPECT_HAS(sve, "line 2 of the assembly of '@f' for aarch64: instruction requires: sve");
  EXPECT_HAS(lowered("export func @f() -> i64 asm aarch64 {\n .inst 0x0420e3e0\n ret\n}",
                     {.architecture = Architecture::AArch64}),
             ".inst 0x0420e3e0");
  const std::string vector = lowered("export func @f() asm riscv64 {\n vsetvli t0, a0, e8, m1\n ret\n}",
                                     {.architecture = Architecture::RiscV64});
  EXPECT_HAS(vector, "line 2 of the assembly of '@f' for riscv64: ");
  EXPECT_HAS(lowered("export func @f() asm x86_64 { .Lx: ret }\nexport func @g() asm x86_64 { .Lx: ret }"),
             "module asm");
}

TEST(Lower, slots_that_no_stack_has_are_refused) {
  const std::string text = lowered("export func @f() {\n %s = slot [2000000000]i8\n return_void\n}");
  EXPECT_HAS(text, "has slots of more than 1 GiB");
  EXPECT_HAS(lowered("export func @f() -> i8 {\n %s = slot [2000000000]i8\n %v = load i8 %s\n return i8 %v\n}"),
             "has slots of more than 1 GiB");
}

TEST(Lower, types_that_name_ever_larger_ones_are_laid_out_as_far_as_they_are_used) {
  EXPECT_HAS(lowered("type S<!T> = struct { a: []S<S<!T>>, n: i64 }\n"
                     "export func @f() -> ptr {\n %s = slot S<i32>\n return ptr %s\n}"),
             "define");
}

std::string dwarf_of(Unit& unit, Level level) {
  llvm::Module& module = *unit.state().module;
  codegen::Machine& machine = *codegen::machine_of_thread(codegen::Cpu::Host).value();
  codegen::optimize(module, machine, level);
  const Result<codegen::Object> object = codegen::emit(module, machine, level);
  if (!object) return object.error().to_string();
  auto file = llvm::object::ObjectFile::createObjectFile(object->bytes->getMemBufferRef());
  if (!file) return llvm::toString(file.takeError());
  const std::unique_ptr<llvm::DWARFContext> context = llvm::DWARFContext::create(**file);
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::DIDumpOptions options;
  options.ShowChildren = true;
  context->dump(stream, options);
  if (!context->verify(stream, options)) text += "DWARF IS WRONG";
  return text;
}

TEST(Lower, debuggers_see_lines_variables_and_types) {
  for (const Level level : {Level::O0, Level::O2}) {
    Result<Unit> unit = lower_text(Sum, {.debug = true, .roots = {"sum"}});
    ASSERT_TRUE(unit) << unit.error().to_string();
    // total, and total.1, are one variable.
    EXPECT_EQ(count(unit->to_text(), "!DILocalVariable(name: \"total\""), 1u);
    const std::string dwarf = dwarf_of(*unit, level);
    EXPECT_LACKS(dwarf, "DWARF IS WRONG");
    for (const char* part : {"(\"sum.src\")", "DW_AT_decl_line\t(10)", "(\"total\")", "(\"numbers\")", "(\"length\")",
                             "(\"[]i64\")", "DW_TAG_formal_parameter"})
      EXPECT_HAS(dwarf, part);
    // A row of the line table; optimized, the load may have become a part of the addition.
    EXPECT_TRUE(std::regex_search(dwarf, std::regex("0x[0-9a-f]+ +1[34] "))) << dwarf;
  }
}

TEST(Lower, structs_may_have_slices_of_themselves) {
  Result<Unit> unit = lower_text(R"(
    type Node = struct { value: i64, children: []Node, v: <4 x f32>, next: fn(Node2) -> i32 }
    type Node2 = struct { a: [3]i16 }
    export func @f(%n: ptr) -> i64 {
      %node = slot Node
      %x = field Node %node, value
      %value = load i64 %x
      return i64 %value
    })",
                                 {.debug = true});
  // A struct is no value: the signature is refused, not crashed on.
  EXPECT_FALSE(unit);
  unit = lower_text(R"(
    type Node = struct { value: i64, children: []Node, v: <4 x f32>, next: fn(ptr) -> i32 }
    export func @f(%n: ptr) -> i64 {
      %node = slot Node
      %x = field Node %node, value
      %value = load i64 %x
      return i64 %value
    })",
                    {.debug = true});
  ASSERT_TRUE(unit) << unit.error().to_string();
  EXPECT_HAS(dwarf_of(*unit, Level::O0), "(\"children\")");
}

TEST(Lower, everything_that_is_verified_is_lowered_for_each_architecture) {
  for (const bool debug : {false, true}) {
    for (unsigned i = 0; i < ArchitectureCount; ++i) {
      ir::Module m = ir::Module::create().value();
      ir::add_sample(m);
      const Result<Unit> unit = lower(m, {.architecture = static_cast<Architecture>(i), .debug = debug});
      if (!unit) {  // it has assembly for some
        EXPECT_HAS(unit.error().to_string(), "has no assembly for");
        continue;
      }
      const Result<void> checked = codegen::check(*unit->state().module);
      EXPECT_TRUE(checked) << checked.error().to_string();
    }
  }
}

TEST(Lower, what_was_damaged_and_is_still_verified_is_lowered) {
#ifdef INLAY_LONG_TESTS
  constexpr int Rounds = 200'000;
#else
  constexpr int Rounds = 6'000;
#endif
  ir::Module m = ir::Module::create().value();
  std::uint64_t random = 0x2545f4914f6cdd1du;
  const auto next = [&] {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return static_cast<std::uint32_t>(random >> 16);
  };
  int passed = 0;
  for (int i = 0; i < Rounds; ++i) {
    m.reset();
    ir::add_sample(m);
    const std::uint32_t where = next();
    ir::damage(m, where, next());
    const Result<Unit> unit = lower(m, {.debug = i % 2 == 0});
    if (!unit) continue;
    ++passed;
    const Result<void> checked = codegen::check(*unit->state().module);
    ASSERT_TRUE(checked) << "round " << i << ": " << checked.error().to_string();
  }
  EXPECT_GT(passed, Rounds / 100);
}

/// The text of a function, without numbers that others in the module have a part in.
std::string function_text(const llvm::Module& module, const std::string& name) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.getFunction(name)->print(stream);
  return std::regex_replace(text, std::regex("[#!][0-9]+"), "N");
}

TEST(Lower, independent_code_is_the_same_whatever_stands_beside_it) {
  ir::Module m = ir::parse(R"(
    var @counter : i64 = 5
    func @small(%x: i64) -> i64 inline { %r = add i64 %x, 1  return i64 %r }
    export func @f(%x: i64) -> i64 {
      %a = call fn(i64) -> i64 @small(%x)
      %b = load i64 @counter
      %c = div i64 %a, %b
      return i64 %c
    }
    export func @g(%x: i64) -> i64 noinline {
      %a = call fn(i64) -> i64 @small(%x)
      %b = call fn(i64) -> i64 @f(%a)
      %p = bitcast i64 @small
      %c = rem i64 %b, %p
      return i64 %c
    })")
                     .value();
  ASSERT_TRUE(ir::verify(m));
  const ir::Reach reach = ir::expand(m).value();
  const std::vector<ir::Inlining> inlining = ir::decide_inlining(m, reach.functions);
  const auto lower_some = [&](llvm::Module& into, std::span<const ir::FunctionId> functions) {
    const Result<void> done =
        codegen::lower_functions(into, m, {.functions = functions, .inlining = inlining, .independent = true});
    EXPECT_TRUE(done) << done.error().to_string();
    const Result<void> checked = codegen::check(into);
    EXPECT_TRUE(checked) << checked.error().to_string();
  };
  llvm::LLVMContext context;
  llvm::Module all("all", context);
  lower_some(all, reach.functions);
  for (const ir::FunctionId id : reach.functions) {
    llvm::Module alone("alone", context);
    lower_some(alone, std::span(&id, 1));
    const std::string name = codegen::symbol_name(m, id);
    EXPECT_EQ(function_text(all, name), function_text(alone, name));
  }
  EXPECT_TRUE(all.getFunction("f")->hasWeakAnyLinkage());
  EXPECT_TRUE(all.getFunction("inlay.inline.small")->hasFnAttribute(llvm::Attribute::AlwaysInline));
  EXPECT_TRUE(all.getGlobalVariable("counter")->isDeclaration());
  EXPECT_TRUE(all.getGlobalVariable("inlay.record.f")->isDeclaration());

  llvm::Module records("records", context);
  ASSERT_TRUE(codegen::lower_records(records, m, reach.functions, true));
  EXPECT_FALSE(records.getGlobalVariable("inlay.record.f")->isDeclaration());
  llvm::Module data("data", context);
  ASSERT_TRUE(codegen::lower_functions(data, m, {.data = reach.data, .independent = true}));
  EXPECT_FALSE(data.getGlobalVariable("counter")->isDeclaration());
}

}  // namespace
}  // namespace inlay
