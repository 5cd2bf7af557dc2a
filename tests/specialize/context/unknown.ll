; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where the next context is not known, the interpreter goes on: the resume function is called with the number of the
; place, how deep this is (the first one out: 1), the function's own arguments (a known one as the constant that it is)
; and each value that lives there, in the order of the bundle. Its result is the result.
; RUN: specialize @f(i64 7, _)
; CHECK: define internal i64 @f.special(ptr %p)
; CHECK: %acc = load i64, ptr %p
; CHECK-NEXT: %jump = call i64 @outside(i64 %acc)
; CHECK: [[R:%.*]] = call i64 @f.inlay.resume(i32 5, i32 1, i64 7, ptr %p, i64 %acc, i64 %jump, i64 poison) #[[COLD:[0-9]+]]
; CHECK-NEXT: ret i64 [[R]]
; CHECK: contexts: 0, pins: {{[0-9]+}}
; CHECK-NEXT: exit: unknown context
define i64 @f(i64 %seven, ptr %p) {
entry:
  %acc = load i64, ptr %p
  %jump = call i64 @outside(i64 %acc)
  br label %hint
hint:
  %pc = call i64 @inlay_marker_context_word(i64 %jump) [ "inlay.place"(i32 5, ptr @f.inlay.resume, i64 %seven, ptr %p, i64 %acc, i64 %jump, i64 poison) ]
  br label %go
go:
  %r = add i64 %pc, %acc
  ret i64 %r
}
define i64 @f.inlay.resume(i32 %place, i32 %depth, i64 %seven, ptr %p, i64 %acc, i64 %jump, i64 %more) noinline "inlay-resume" {
  ret i64 0
}
declare i64 @outside(i64)
declare i64 @inlay_marker_context_word(i64)
