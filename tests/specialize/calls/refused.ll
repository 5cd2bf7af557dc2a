; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Functions that the evaluator does not take are called as they are, and each reason is told.
; RUN: compile @f(i64 3)
; CHECK: define i64 @entry()
; CHECK-DAG: call i64 (i64, ...) @variadic(i64 3)
; CHECK-DAG: call i64 @assembly(i64 3)
; CHECK-DAG: call i64 @tail(i64 3)
; CHECK-DAG: call i64 @naked(i64 3)
; CHECK-DAG: call i64 @other_type(i32 3)
; CHECK-DAG: remark: [not-evaluable] variadic: it takes a variable number of arguments
; CHECK-DAG: remark: [not-evaluable] assembly: it holds an inline assembly jump
; CHECK-DAG: remark: [not-evaluable] tail: it ends in a guaranteed tail call, and no inlay::context says where in its program it is
; CHECK-DAG: remark: [not-evaluable] naked: it is a naked function
; CHECK-DAG: remark: [not-evaluable] other_type: it is called with another signature than it is defined with
define i64 @f(i64 %x) {
  %a = call i64 (i64, ...) @variadic(i64 %x)
  %b = call i64 @assembly(i64 %x)
  %c = call i64 @tail(i64 %x)
  %d = call i64 @naked(i64 %x)
  %e = call i64 @other_type(i32 3)
  %ab = add i64 %a, %b
  %cd = add i64 %c, %d
  %abcd = add i64 %ab, %cd
  %r = add i64 %abcd, %e
  ret i64 %r
}
define i64 @variadic(i64 %x, ...) { ret i64 %x }
define i64 @assembly(i64 %x) {
  callbr void asm "jmp ${0:l}", "!i"() to label %a [label %b]
a:
  ret i64 1
b:
  ret i64 2
}
define i64 @tail(i64 %x) {
  %r = musttail call i64 @tail(i64 %x)
  ret i64 %r
}
define i64 @naked(i64 %x) naked {
  call void asm sideeffect "ret", ""()
  unreachable
}
define i64 @other_type(i64 %x) { ret i64 %x }
