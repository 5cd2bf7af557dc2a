; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A call that would make known state unknown is wanted as a body: copied in, it is followed like the rest. One that its
; author keeps out (INLAY_NOINLINE) stays a call, and the state is read again after it.
; RUN: specialize @f(_)
; CHECK: wants body @skip
; CHECK: store i64 1, ptr %vm
; CHECK-NOT: call i64 @skip
; CHECK: store i64 3, ptr %vm
; CHECK: call void @print(ptr %vm)
; CHECK-NEXT: %again = load i64, ptr %vm
; CHECK-NEXT: %r = add i64 %again, 3
; CHECK: contexts: 2
define i64 @f(ptr %vm) {
entry:
  store i64 1, ptr %vm
  %here = call i64 @inlay_marker_context_word(i64 1)
  br label %go
go:
  call void @skip(ptr %vm, i64 2)
  %pc = load i64, ptr %vm
  %there = call i64 @inlay_marker_context_word(i64 %pc)
  br label %went
went:
  call void @print(ptr %vm)
  %again = load i64, ptr %vm
  %r = add i64 %again, %there
  ret i64 %r
}
define void @skip(ptr %vm, i64 %n) {
  %pc = load i64, ptr %vm
  %next = add i64 %pc, %n
  store i64 %next, ptr %vm
  ret void
}
define void @print(ptr %vm) "inlay-noinline" {
  store i64 0, ptr %vm
  ret void
}
declare i64 @inlay_marker_context_word(i64)
