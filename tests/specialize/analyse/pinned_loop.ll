; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A loop over constant children calls what it reads: the index becomes a pin, and each round a copy of its own, with a
; direct call. What is carried round (the sum) goes from copy to copy.
; RUN: analyse @f(_)
; RUN: specialize @f(_)
; CHECK-LABEL: analyse
; CHECK: 1: loop, no context, pins (%i = i32 0){{.*}} -> 2 -
; CHECK: 2: loop, no context, pins (%i = i32 1){{.*}} -> 3 -
; CHECK: 3: loop, no context, pins (%i = i32 2){{.*}} -> - 4
; CHECK-LABEL: specialize
; CHECK: %result = call i32 @one(i32 %x)
; CHECK-NEXT: %more = add i32 0, %result
; CHECK: %sum = phi i32 [ %more, %loop ]
; CHECK-NEXT: [[TWO:%.*]] = call i32 @two(i32 %x)
; CHECK-NEXT: %more4 = add i32 %sum, [[TWO]]
; CHECK: %sum5 = phi i32 [ %more4, %loop1 ]
; CHECK-NEXT: [[THREE:%.*]] = call i32 @three(i32 %x)
; CHECK-NEXT: [[ALL:%.*]] = add i32 %sum5, [[THREE]]
; CHECK: ret i32 [[ALL]]
; CHECK: folded: 3 loads
; CHECK: contexts: 0, pins: 4
@children = constant [3 x ptr] [ptr @one, ptr @two, ptr @three]
declare i32 @one(i32)
declare i32 @two(i32)
declare i32 @three(i32)
define i32 @f(i32 %x) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %more, %loop ]
  %at = getelementptr ptr, ptr @children, i32 %i
  %child = load ptr, ptr %at
  %result = call i32 %child(i32 %x)
  %more = add i32 %sum, %result
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, 3
  br i1 %again, label %loop, label %out
out:
  ret i32 %more
}
