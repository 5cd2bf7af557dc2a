; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What the function itself wrote to bytes that the author tracks stays known over stores through pointers from elsewhere,
; for as many bytes as are said when code is specialized; not over calls, nor over stores at an unknown distance from
; the state.
; RUN: specialize @f(_, _, i64 8, _)
; CHECK: store i64 9, ptr %q
; CHECK: %b = load i64, ptr
; CHECK-NEXT: store i64 9, ptr %q
; CHECK: store i64 9, ptr %r
; CHECK-NEXT: %u = load i64, ptr %unsaid
; CHECK: store i64 3, ptr %near
; CHECK-NEXT: %c = load i64, ptr %state
; CHECK: call void @writes()
; CHECK-NEXT: %d = load i64, ptr %state
; CHECK: %x4 = add i64 %x3, 1
define i64 @f(ptr %state, ptr %unsaid, i64 %size, i64 %i) {
entry:
  call void @inlay_marker_tracked_state(ptr %state, i64 %size)
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  %behind = getelementptr i8, ptr %state, i64 8
  store i64 1, ptr %state
  store i64 2, ptr %behind
  %q = load ptr, ptr %unsaid
  store i64 9, ptr %q
  %b = load i64, ptr %behind
  store i64 9, ptr %q
  %a = load i64, ptr %state
  %r = load ptr, ptr %q
  store i64 4, ptr %unsaid
  store i64 9, ptr %r
  %u = load i64, ptr %unsaid
  %near = getelementptr i8, ptr %state, i64 %i
  store i64 3, ptr %near
  %c = load i64, ptr %state
  store i64 1, ptr %state
  call void @writes()
  %d = load i64, ptr %state
  %x1 = add i64 %b, %u
  %x2 = add i64 %x1, %c
  %x3 = add i64 %x2, %d
  %x4 = add i64 %x3, %a
  ret i64 %x4
}
declare void @writes()
declare i64 @inlay_marker_context_word(i64)
declare void @inlay_marker_tracked_state(ptr, i64)
