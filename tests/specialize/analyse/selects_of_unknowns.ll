; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A select whose condition is known but whose choice is not becomes the value that is chosen: no select is left, and
; what is computed from it uses that value.
; RUN: specialize @f(i1 false, _, _)
; CHECK: define internal i32 @f.special(i32 %a, i32 %b)
; CHECK-NEXT: %r = add i32 %b, 1
; CHECK-NEXT: ret i32 %r
define i32 @f(i1 %c, i32 %a, i32 %b) {
  %s = select i1 %c, i32 %a, i32 %b
  %r = add i32 %s, 1
  ret i32 %r
}
