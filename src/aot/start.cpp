// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/start.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

namespace inlay::aot {

namespace {

// The kernel enters with the stack at argc, argv behind it, and in a register what to call at exit. The C library does
// the rest (since 2.34, also running the program's own initializers, so that there are none to pass on).
constexpr const char* Entry[ArchitectureCount] = {
    R"(
  .cfi_undefined %rip
  xorl %ebp, %ebp
  movq %rdx, %r9
  popq %rsi
  movq %rsp, %rdx
  andq $-16, %rsp
  pushq %rax
  pushq %rsp
  xorl %r8d, %r8d
  xorl %ecx, %ecx
  leaq main(%rip), %rdi
  callq *__libc_start_main@GOTPCREL(%rip)
  hlt
)",
    R"(
  .cfi_undefined x30
  mov x29, xzr
  mov x30, xzr
  mov x5, x0
  ldr x1, [sp]
  add x2, sp, #8
  mov x6, sp
  mov x3, xzr
  mov x4, xzr
  adrp x0, main
  add x0, x0, :lo12:main
  bl __libc_start_main
  brk #1
)",
    R"(
  .cfi_undefined ra
  li s0, 0
  mv a5, a0
  ld a1, 0(sp)
  addi a2, sp, 8
  andi sp, sp, -16
  li a3, 0
  li a4, 0
  mv a6, sp
  lla a0, main
  call __libc_start_main
  ebreak
)"};

// Without a C library: main(argc, argv), and the end with its result by the system call exit_group. The stack is
// aligned as calls want it, and the frame pointer is null: here walks of the stack end. Nothing tells how to unwind: a
// program may be small.
struct FreestandingEntry {
  const char* begin;
  const char* initializers;  // those in order, each called like main
  const char* main;
  const char* status;
  const char* no_status;
  const char* exit;
};
constexpr FreestandingEntry Freestanding[ArchitectureCount] = {{R"(
  xorl %ebp, %ebp
)",
                                                                R"(
  leaq __init_array_start(%rip), %rbx
  leaq __init_array_end(%rip), %r12
0:
  cmpq %r12, %rbx
  jae 1f
  callq *(%rbx)
  addq $8, %rbx
  jmp 0b
1:
)",
                                                                R"(
  movl (%rsp), %edi
  leaq 8(%rsp), %rsi
  callq main
)",
                                                                "  movl %eax, %edi\n", "  xorl %edi, %edi\n",
                                                                R"(
  movl $231, %eax
  syscall
)"},
                                                               {R"(
  mov x29, xzr
  mov x30, xzr
)",
                                                                R"(
  adrp x19, __init_array_start
  add x19, x19, :lo12:__init_array_start
  adrp x20, __init_array_end
  add x20, x20, :lo12:__init_array_end
0:
  cmp x19, x20
  b.hs 1f
  ldr x8, [x19], #8
  blr x8
  b 0b
1:
)",
                                                                R"(
  ldr w0, [sp]
  add x1, sp, #8
  bl main
)",
                                                                "", "  mov w0, wzr\n",
                                                                R"(
  mov x8, #94
  svc #0
)"},
                                                               {R"(
  li s0, 0
  li ra, 0
)",
                                                                R"(
  lla s1, __init_array_start
  lla s2, __init_array_end
0:
  bgeu s1, s2, 1f
  ld t0, 0(s1)
  addi s1, s1, 8
  jalr t0
  j 0b
1:
)",
                                                                R"(
  lw a0, 0(sp)
  addi a1, sp, 8
  call main
)",
                                                                "", "  li a0, 0\n",
                                                                R"(
  li a7, 94
  ecall
)"}};

// Destructors of statics are registered under the address of this: by tradition null in a program.
constexpr const char* ExecutableHandle = R"(
  .section .rodata.__dso_handle,"a",@progbits
  .globl __dso_handle
  .hidden __dso_handle
  .type __dso_handle,@object
  .balign 8
__dso_handle:
  .quad 0
  .size __dso_handle, 8
)";

constexpr const char* SharedHandle = R"(
  .section .data.rel.ro.__dso_handle,"aw",@progbits
  .globl __dso_handle
  .hidden __dso_handle
  .type __dso_handle,@object
  .balign 8
__dso_handle:
  .quad __dso_handle
  .size __dso_handle, 8
  .section .fini_array,"aw",@fini_array
  .balign 8
  .quad __cxa_finalize_all
)";

constexpr const char* FinalizeAll[ArchitectureCount] = {
    R"(
  leaq __dso_handle(%rip), %rdi
  movq (%rdi), %rdi
  jmpq *__cxa_finalize@GOTPCREL(%rip)
)",
    R"(
  adrp x0, __dso_handle
  ldr x0, [x0, :lo12:__dso_handle]
  b __cxa_finalize
)",
    R"(
  lla a0, __dso_handle
  ld a0, 0(a0)
  tail __cxa_finalize
)"};

// In the C library's static part, which a machine without its development files lacks.
constexpr const char* AtExit[ArchitectureCount] = {
    R"(
  xorl %esi, %esi
  movq __dso_handle(%rip), %rdx
  jmpq *__cxa_atexit@GOTPCREL(%rip)
)",
    R"(
  mov x1, xzr
  adrp x2, __dso_handle
  ldr x2, [x2, :lo12:__dso_handle]
  b __cxa_atexit
)",
    R"(
  li a1, 0
  lla a2, __dso_handle
  ld a2, 0(a2)
  tail __cxa_atexit
)"};

/// A function in a section of its own.
std::string function(const std::string& name, const char* binding, const std::string& body, bool unwinds = true) {
  return "  .section .text." + name + ",\"ax\",@progbits\n  .balign 4\n" + binding + "  .type " + name +
         ",@function\n" + name + ":\n" + (unwinds ? "  .cfi_startproc\n" : "") + body +
         (unwinds ? "  .cfi_endproc\n" : "") + "  .size " + name + ", .-" + name + "\n";
}

std::string freestanding_entry(const Start& start) {
  const FreestandingEntry& entry = Freestanding[static_cast<unsigned>(start.architecture)];
  std::string body = entry.begin;
  if (start.initializers) body += entry.initializers;
  body += entry.main;
  body += start.status ? entry.status : entry.no_status;
  return body + entry.exit;
}

std::string text_of(const Start& start) {
  const auto architecture = static_cast<unsigned>(start.architecture);
  const bool program = start.kind == Kind::Executable;
  if (start.freestanding)
    return program ? function("_start", "  .globl _start\n", freestanding_entry(start), /*unwinds=*/false) : "";
  std::string text = program ? function("_start", "  .globl _start\n", Entry[architecture]) + ExecutableHandle
                             : SharedHandle + function("__cxa_finalize_all", "", FinalizeAll[architecture]);
  return text + function("atexit", "  .weak atexit\n  .hidden atexit\n", AtExit[architecture]);
}

}  // namespace

Result<codegen::Object> start_object(const Start& start) {
  INLAY_TRY(codegen::Machine * machine, codegen::machine_of_thread(codegen::MachineOptions{
                                            .cpu = codegen::Cpu::Portable, .architecture = start.architecture}));
  llvm::LLVMContext context;
  llvm::Module module("inlay start", context);
  module.appendModuleInlineAsm(text_of(start));
  return codegen::emit(module, *machine, Level::O0);
}

}  // namespace inlay::aot
