// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/assembly.h"

#include <gtest/gtest.h>

namespace inlay::ir {
namespace {

TEST(Assembly, is_instructions_and_labels) {
  for (const char* text : {"mov eax, 1\n syscall\n ret", "1: dec rdi; jnz 1b\n ret", ".Lloop: dec rdi\n jnz .Lloop",
                           "mov x8, #64 // comment\n svc 0", "v: add v0.4s, v1.4s, v2.4s", "b.eq .Ldone\n.Ldone: ret",
                           "mov rax, qword ptr fs:[0]", "vaddps zmm0 {k1}{z}, zmm1, zmm2", ".byte 0x90, 0x90\n ret",
                           "rep movsb", "", "ld1 { v0.4s }, [x0]"}) {
    const auto fault = find_fault(text);
    if (std::string_view(text).starts_with("v:"))
      EXPECT_TRUE(fault) << text;
    else
      EXPECT_FALSE(fault) << text << ": " << fault->message;
  }
}

TEST(Assembly, that_could_be_more_is_refused) {
  for (const char* text : {".text",
                           "ret\n.section .data",
                           "ret; .globl main",
                           "main: ret",
                           "x = 5",
                           "x=5",
                           ".code32\n ret",
                           ".space 100",
                           ".rept 9\n nop\n.endr",
                           ".incbin \"/etc/passwd\"",
                           ".include \"x\"",
                           ".macro m\n nop\n.endm",
                           ".end",
                           "\"main\": ret",
                           "/* */ .text",
                           "nop\r.text",
                           "1: .text",
                           "1:.text",
                           ".Lx: .set y, 1",
                           "mov eax, [.text]",
                           ".cfi_startproc",
                           ".set x, 1",
                           ".org 5",
                           ".fill 10000000000,8,0",
                           ".pushsection .x"})
    EXPECT_TRUE(find_fault(text)) << text;
}

TEST(Assembly, has_labels_of_its_own) {
  const std::string f = with_own_labels(".Lx: jmp .Lx\n 1: jmp 1b", "f"), g = with_own_labels(".Lx: jmp .Lx", "g");
  EXPECT_NE(f.substr(0, 10), g.substr(0, 10));
  EXPECT_NE(f.find("1: jmp 1b"), f.npos);
  EXPECT_EQ(f, with_own_labels(".Lx: jmp .Lx\n 1: jmp 1b", "f"));
}

}  // namespace
}  // namespace inlay::ir
