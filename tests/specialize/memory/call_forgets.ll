; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A call makes unknown what it may write: state behind an argument, variables of the runtime, stack variables that it is
; given. One that only reads, or that is given nothing, leaves the function's own stack variables alone.
; RUN: specialize @f(_)
; CHECK: call i64 @reads(ptr %state)
; CHECK-NOT: load
; CHECK: call void @writes(ptr %given)
; CHECK-NEXT: %b1 = load i64, ptr %state
; CHECK-NEXT: %b2 = load i64, ptr %given
; CHECK-NEXT: %b3 = load i64, ptr @variable
; CHECK-NOT: load
; CHECK: add i64 %{{.*}}, 4
@variable = global i64 0
define i64 @f(ptr %state) {
entry:
  %given = alloca i64
  %own = alloca i64
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i64 3, ptr @variable
  store i64 2, ptr %given
  store i64 1, ptr %state
  store i64 4, ptr %own
  %r = call i64 @reads(ptr %state)
  %a1 = load i64, ptr %state
  %a2 = load i64, ptr %given
  call void @writes(ptr %given)
  %b1 = load i64, ptr %state
  %b2 = load i64, ptr %given
  %b3 = load i64, ptr @variable
  %b4 = load i64, ptr %own
  %x1 = add i64 %a1, %a2
  %x3 = add i64 %x1, %b1
  %x4 = add i64 %x3, %b2
  %x5 = add i64 %x4, %b3
  %x6 = add i64 %x5, %b4
  ret i64 %x6
}
declare i64 @reads(ptr) memory(read)
declare void @writes(ptr)
declare i64 @inlay_marker_context_word(i64)
