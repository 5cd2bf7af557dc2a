// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/start.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

namespace inlay::aot {

namespace {

// The kernel enters with the stack at argc, argv behind it, and in rdx what to call at exit. The C library does the
// rest (since 2.34, also running the program's own initializers, so that there are none to pass on).
constexpr const char* Entry = R"(
  .section .text._start,"ax",@progbits
  .globl _start
  .type _start,@function
_start:
  .cfi_startproc
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
  .cfi_endproc
  .size _start, .-_start
)";

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
  .section .text.__cxa_finalize_all,"ax",@progbits
  .type __cxa_finalize_all,@function
__cxa_finalize_all:
  .cfi_startproc
  leaq __dso_handle(%rip), %rdi
  movq (%rdi), %rdi
  jmpq *__cxa_finalize@GOTPCREL(%rip)
  .cfi_endproc
  .size __cxa_finalize_all, .-__cxa_finalize_all
  .section .fini_array,"aw",@fini_array
  .balign 8
  .quad __cxa_finalize_all
)";

// In the C library's static part, which a machine without its development files lacks.
constexpr const char* AtExit = R"(
  .section .text.atexit,"ax",@progbits
  .weak atexit
  .hidden atexit
  .type atexit,@function
atexit:
  .cfi_startproc
  xorl %esi, %esi
  movq __dso_handle(%rip), %rdx
  jmpq *__cxa_atexit@GOTPCREL(%rip)
  .cfi_endproc
  .size atexit, .-atexit
)";

}  // namespace

Result<codegen::Object> start_object(Kind kind) {
  INLAY_TRY(codegen::Machine * machine, codegen::machine_of_thread(codegen::Cpu::Portable));
  llvm::LLVMContext context;
  llvm::Module module("inlay start", context);
  if (kind == Kind::Executable) module.appendModuleInlineAsm(Entry);
  module.appendModuleInlineAsm(kind == Kind::Executable ? ExecutableHandle : SharedHandle);
  module.appendModuleInlineAsm(AtExit);
  return codegen::emit(module, *machine, Level::O0);
}

}  // namespace inlay::aot
