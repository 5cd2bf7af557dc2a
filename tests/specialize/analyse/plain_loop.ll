; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A loop that only counts stays a loop: nothing that is called depends on its counter, so copies would gain nothing. The
; bound is known, the counter is not: it has another value in each round.
; RUN: specialize @f(i32 1000, _)
; CHECK: define internal i32 @f.special(i32 %x)
; CHECK: loop:
; CHECK-NEXT: %i = phi i32
; CHECK-SAME: 0, %entry
; CHECK-NEXT: %sum = phi i32
; CHECK-NEXT: %more = add i32 %sum, %x
; CHECK-NEXT: %next = add i32 %i, 1
; CHECK-NEXT: %again = icmp slt i32 %next, 1000
; CHECK-NEXT: br i1 %again, label %loop, label %out
; CHECK: contexts: 0, pins: 0
; CHECK-NOT: capped
define i32 @f(i32 %n, i32 %x) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %more, %loop ]
  %more = add i32 %sum, %x
  %next = add i32 %i, 1
  %again = icmp slt i32 %next, %n
  br i1 %again, label %loop, label %out
out:
  ret i32 %more
}
