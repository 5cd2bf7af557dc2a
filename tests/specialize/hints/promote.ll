; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; promote(): what may have been stored gets a version each, in which the value is known; every other value goes the
; ordinary way. No way out is needed.
; RUN: specialize @f(_, _)
; RUN: specialize @f(_, _) promoted=0
; CHECK-LABEL: ==== specialize @f(_, _){{$}}
; CHECK: %tag = load i32, ptr %p
; CHECK-NEXT: switch i32 %tag, label %[[GENERIC:.*]] [
; CHECK-DAG: i32 1, label %[[ONE:.*]]
; CHECK-DAG: i32 2, label %[[TWO:.*]]
; CHECK: ]
; CHECK-DAG: ret i32 101
; CHECK-DAG: ret i32 102
; CHECK-DAG: %r = add i32 %tag, 100
; CHECK-NOT: resume
; CHECK-LABEL: promoted=0
; CHECK: %tag = load i32, ptr %p
; CHECK-NEXT: br label %use
; CHECK-NOT: switch
; CHECK: %r = add i32 %tag, 100
; EMBED
define i32 @f(ptr %p, i1 %c) {
entry:
  %here = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  br i1 %c, label %one, label %two
one:
  store i32 1, ptr %p
  br label %joined
two:
  store i32 2, ptr %p
  br label %joined
joined:
  call void @work()
  br label %read
read:
  %tag = load i32, ptr %p
  %promoted = call i32 @inlay_marker_promote(i32 %tag)
  br label %use
use:
  %r = add i32 %promoted, 100
  ret i32 %r
}
declare void @work()
declare i32 @inlay_marker_promote(i32)
declare i64 @inlay_marker_context_word(i64)
