// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/emit.h"

#include "codegen/pipeline.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

#include <thread>

namespace inlay::codegen {
namespace {

struct Code {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  explicit Code(const char* text) {
    llvm::SMDiagnostic diagnostic;
    module = llvm::parseAssemblyString(text, diagnostic, context);
    EXPECT_TRUE(module) << diagnostic.getMessage().str();
    module->setModuleIdentifier("test");
  }
};

Machine& host() { return *machine_of_thread(Cpu::Host).value(); }

std::string compile(const char* text, Machine& machine, Level level) {
  Code code(text);
  optimize(*code.module, machine, level);
  Result<Object> object = emit(*code.module, machine, level);
  EXPECT_TRUE(object) << object.error().to_string();
  return object ? object->bytes->getBuffer().str() : "";
}

constexpr const char* Loop = R"(
define double @sum(ptr %p, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%i1, %loop]
  %s = phi double [0.0, %entry], [%s1, %loop]
  %q = getelementptr double, ptr %p, i64 %i
  %v = load double, ptr %q
  %s1 = fadd double %s, %v
  %i1 = add i64 %i, 1
  %c = icmp eq i64 %i1, %n
  br i1 %c, label %done, label %loop
done:
  ret double %s1
})";

constexpr const char* Calls = R"(
define internal i64 @three(i64 %a) #0 { %r = mul i64 %a, 3 ret i64 %r }
define i64 @f(i64 %a) #1 { %r = call i64 @three(i64 %a) %s = call i64 @other(i64 %r) ret i64 %s }
declare i64 @other(i64)
attributes #0 = { alwaysinline "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { "target-cpu"="x86-64" }
)";

TEST(Emit, names_the_functions_of_the_object) {
  Code code(Calls);
  optimize(*code.module, host(), Level::O0);
  Result<Object> object = emit(*code.module, host(), Level::O0);
  ASSERT_TRUE(object) << object.error().to_string();
  EXPECT_EQ(object->functions, std::vector<std::string>{"f"});  // `three` was inlined away at O0 too
  auto elf = llvm::object::ObjectFile::createELFObjectFile(object->bytes->getMemBufferRef());
  ASSERT_TRUE(bool(elf));
  EXPECT_TRUE((*elf)->isRelocatableObject());
}

TEST(Emit, machine_that_was_used_before_writes_the_same_bytes) {
  for (Level level : {Level::O0, Level::O1, Level::O2, Level::O3}) {
    std::unique_ptr<Machine> fresh = Machine::create(Cpu::Portable).value();
    std::string loop = compile(Loop, *fresh, level);
    std::string calls = compile(Calls, *Machine::create(Cpu::Portable).value(), level);
    EXPECT_EQ(compile(Calls, *fresh, level), calls);
    for (Level other : {Level::O0, Level::O3}) compile(Loop, *fresh, other);
    EXPECT_EQ(compile(Loop, *fresh, level), loop);
  }
}

TEST(Emit, answers_bad_inline_assembly_with_an_error_and_works_on) {
  Code bad("define void @f() { call void asm sideeffect \"frobnicate %eax\", \"\"() ret void }");
  Result<Object> object = emit(*bad.module, host());
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind(), ErrorKind::Codegen);
  EXPECT_NE(object.error().message().find("frobnicate"), std::string::npos) << object.error().to_string();
  EXPECT_FALSE(compile(Calls, host(), Level::O2).empty());
}

TEST(Emit, answers_bad_module_assembly_with_an_error) {
  Code bad("module asm \"frobnicate\"\ndefine void @f() { ret void }");
  Result<Object> object = emit(*bad.module, host());
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind(), ErrorKind::Codegen);
}

TEST(Emit, gives_the_context_its_listener_back) {
  struct Mine : llvm::DiagnosticHandler {};
  Code code(Calls);
  auto mine = std::make_unique<Mine>();
  llvm::DiagnosticHandler* before = mine.get();
  code.context.setDiagnosticHandler(std::move(mine));
  optimize(*code.module, host(), Level::O1);
  ASSERT_TRUE(emit(*code.module, host()));
  EXPECT_EQ(code.context.getDiagHandlerPtr(), before);
}

TEST(Check, refuses_code_without_a_terminator) {
  Code code("define void @f() { ret void }");
  code.module->getFunction("f")->front().back().eraseFromParent();
  Result<void> answer = check(*code.module);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::Codegen);
}

TEST(Machine, function_for_a_better_processor_keeps_its_features) {
  Code code("define void @f() #0 { ret void } attributes #0 = { \"target-features\"=\"+avx512f,+sse2\" }\n");
  std::unique_ptr<Machine> portable = Machine::create(Cpu::Portable).value();
  portable->adopt(*code.module);
  EXPECT_TRUE(code.module->getFunction("f")->hasFnAttribute("target-features"));
}

TEST(Machine, threads_have_their_own) {
  Machine* mine = machine_of_thread(Cpu::Host).value();
  EXPECT_EQ(machine_of_thread(Cpu::Host).value(), mine);
  std::thread other([&] {
    EXPECT_NE(machine_of_thread(Cpu::Host).value(), mine);
    EXPECT_FALSE(compile(Loop, host(), Level::O2).empty());
  });
  other.join();
}

TEST(Machine, writes_objects_for_every_architecture) {
  constexpr llvm::Triple::ArchType expected[ArchitectureCount] = {llvm::Triple::x86_64, llvm::Triple::aarch64,
                                                                  llvm::Triple::riscv64};
  for (unsigned i = 0; i < ArchitectureCount; ++i) {
    Machine& machine = *machine_of_thread({.cpu = Cpu::Portable, .architecture = static_cast<Architecture>(i)}).value();
    Code code(Loop);
    optimize(*code.module, machine, Level::O2);
    Result<Object> object = emit(*code.module, machine, Level::O2);
    ASSERT_TRUE(object) << object.error().to_string();
    auto elf = llvm::object::ObjectFile::createELFObjectFile(object->bytes->getMemBufferRef());
    ASSERT_TRUE(bool(elf));
    EXPECT_EQ((*elf)->getArch(), expected[i]);
  }
}

TEST(Machine, of_another_architecture_is_not_this_processor) {
  Result<Machine*> machine = machine_of_thread({.cpu = Cpu::Host, .architecture = Architecture::AArch64});
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().kind(), ErrorKind::InvalidArgument);
}

TEST(Machine, does_not_fuse_what_the_host_would_not) {
  const char* text = R"(
define double @f(double %a, double %b, double %c) {
  %r = call double @llvm.fmuladd.f64(double %a, double %b, double %c)
  ret double %r
}
declare double @llvm.fmuladd.f64(double, double, double))";
  Code code(text);
  optimize(*code.module, host(), Level::O2);
  Result<Object> object = emit(*code.module, host());
  ASSERT_TRUE(object);
  // mulsd/vmulsd is (VEX) 0F 59 or 59 under VEX map 1; a fused one would be a VEX map 2 opcode and hold no 59 addsd
  // pair
  EXPECT_NE(object->bytes->getBuffer().find('\x59'), llvm::StringRef::npos);
}

}  // namespace
}  // namespace inlay::codegen
