; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A loop that would need more copies than allowed is not cut off in the middle: it stays a loop, calls what it reads, and
; the report hears of the cap.
; RUN: specialize @f(_) copies=2
; CHECK: loop:
; CHECK: %i = phi i32
; CHECK: %child = load ptr, ptr %at
; CHECK: call i32 %child(i32 %x)
; CHECK: br i1 %again, label %loop, label %out
; CHECK: contexts: 0, pins: {{[0-9]+}}, capped
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
