; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; In functions with hints, memory is followed: what was stored at a known distance from a base is known when it is loaded,
; in a stack variable, behind an argument and in a variable of the runtime alike. The stores stay: others may look.
; RUN: specialize @f(_)
; CHECK: define internal i64 @f.special(ptr %state)
; CHECK: %frame = alloca [2 x i64]
; CHECK: store i64 1, ptr
; CHECK: store i64 2, ptr
; CHECK: store i64 3, ptr @variable
; CHECK-NOT: load
; CHECK: ret i64 6
; CHECK: folded: 3 loads
@variable = global i64 0
define i64 @f(ptr %state) {
entry:
  %frame = alloca [2 x i64]
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  %in_frame = getelementptr i8, ptr %frame, i64 8
  store i64 1, ptr %in_frame
  %in_state = getelementptr i8, ptr %state, i64 16
  store i64 2, ptr %in_state
  %again = getelementptr [2 x i64], ptr %frame, i64 0, i64 1
  %a = load i64, ptr %again
  %b = load i64, ptr %in_state
  store i64 3, ptr @variable
  %c = load i64, ptr @variable
  %ab = add i64 %a, %b
  %abc = add i64 %ab, %c
  ret i64 %abc
}
declare i64 @inlay_marker_context_word(i64)
