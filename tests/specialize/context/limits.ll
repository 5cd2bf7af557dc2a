; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Limits are ways out, at the exact place: more contexts than allowed, and the nth one for tests. What was copied before
; stays.
; RUN: specialize @f(_) contexts=2
; RUN: specialize @f(_) exit=1
; CHECK-LABEL: contexts=2
; CHECK: [[A:%.*]] = add i64 %{{.*}}, 1
; CHECK: [[B:%.*]] = phi i64 [ [[A]], %
; CHECK: [[C:%.*]] = add i64 [[B]], 1
; CHECK: [[D:%.*]] = phi i64 [ [[C]], %
; CHECK-NEXT: call i64 @f.inlay.resume(i32 0, i32 1, i64 %x, i64 [[D]], i64 2)
; CHECK: contexts: 2, pins: {{[0-9]+}}
; CHECK-NEXT: exit: too many contexts, i64 2
; CHECK-LABEL: exit=1
; CHECK: [[A:%.*]] = add i64 %{{.*}}, 1
; CHECK: [[B:%.*]] = phi i64 [ [[A]], %
; CHECK-NEXT: call i64 @f.inlay.resume(i32 0, i32 1, i64 %x, i64 [[B]], i64 1)
; CHECK: contexts: 1, pins: {{[0-9]+}}
; CHECK-NEXT: exit: asked for, i64 1
; EMBED
@program = constant [4 x i8] c"+++."
define i64 @f(i64 %x) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ 0, %entry ], [ %next, %plus ]
  %acc = phi i64 [ %x, %entry ], [ %sum, %plus ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %go
go:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  switch i8 %op, label %stop [ i8 43, label %plus ]
plus:
  %next = add i64 %here, 1
  %sum = add i64 %acc, 1
  br label %loop
stop:
  ret i64 %acc
}
declare i64 @inlay_marker_context_word(i64)
