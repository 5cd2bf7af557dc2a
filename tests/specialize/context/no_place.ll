; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A function that cannot be entered in the middle has no resume function: where its context is not known, it goes on in
; a generic form of itself (the context "no place"), in which hints mean nothing, what is known of the program is not
; used for copies, and expect() is not relied on.
; RUN: specialize @f(_)
; CHECK: go:
; CHECK-NEXT: [[PC:%.*]] = phi i64 [ %pc, %loop ], [ %pc2, %loop1 ]
; CHECK-NEXT: [[ACC:%.*]] = phi i64 [ 0, %loop ], [ %acc, %loop1 ]
; CHECK-NEXT: %at = getelementptr i8, ptr @program, i64 [[PC]]
; CHECK-NEXT: %op = load i8, ptr %at
; CHECK-NEXT: switch i8 %op
; CHECK: plus:
; CHECK-NEXT: %next = add i64 [[PC]], 1
; CHECK-NEXT: %sum = add i64 [[ACC]], 1
; CHECK-NEXT: br label %loop1
; CHECK-NOT: call
; CHECK: contexts: 0
; CHECK-NEXT: exit: unknown context
@program = constant [3 x i8] c"++."
define i64 @f(i64 %start) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ %start, %entry ], [ %next, %plus ]
  %acc = phi i64 [ 0, %entry ], [ %sum, %plus ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %go
go:
  %sure = call i64 @inlay_marker_expect(i64 %acc, i64 0)
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  switch i8 %op, label %stop [ i8 43, label %plus ]
plus:
  %next = add i64 %here, 1
  %sum = add i64 %sure, 1
  br label %loop
stop:
  ret i64 %acc
}
declare i64 @inlay_marker_expect(i64, i64)
declare i64 @inlay_marker_context_word(i64)
