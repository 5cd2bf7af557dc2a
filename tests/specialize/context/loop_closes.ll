; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A jump back in the program is a jump back in the code: the copy for a context that was there before is used again, with
; a phi for what changed on the way, and a conditional jump has both ways.
;   0: add 1   1: jump to 0 while the accumulator is below 100   2: stop
; RUN: specialize @f(_)
; CHECK: %acc = phi i64 [ %x, %entry ]
; CHECK: decode:
; CHECK-NEXT: %.0 = phi i64 [ %acc, %loop ], [ [[BACK:%.*]], %[[LOOP:.*]] ]
; CHECK: %sum = add i64 %.0, 1
; CHECK: [[NOW:%.*]] = phi i64 [ %sum, %plus ]
; CHECK: %c = icmp ult i64 [[NOW]], 100
; CHECK-NEXT: br i1 %c, label %jump, label
; CHECK: [[LAST:%.*]] = phi i64 [ [[NOW]], %test ]
; CHECK: ret i64 [[LAST]]
; CHECK: [[LOOP]]:
; CHECK-NEXT: [[BACK]] = phi i64 [ [[NOW]], %jump ]
; CHECK-NEXT: br label %decode
; CHECK: contexts: 3
; CHECK-NOT: exit
@program = constant [3 x i8] c"+?."
define i64 @f(i64 %x) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ 0, %entry ], [ %next, %plus ], [ %to, %jump ], [ %next, %test ]
  %acc = phi i64 [ %x, %entry ], [ %sum, %plus ], [ %acc, %jump ], [ %acc, %test ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %decode
decode:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  %next = add i64 %here, 1
  switch i8 %op, label %bad [ i8 43, label %plus
                              i8 63, label %test
                              i8 46, label %stop ]
plus:
  %sum = add i64 %acc, 1
  br label %loop
test:
  %c = icmp ult i64 %acc, 100
  br i1 %c, label %jump, label %loop
jump:
  %to = sub i64 %here, 1
  br label %loop
stop:
  ret i64 %acc
bad:
  unreachable
}
declare i64 @inlay_marker_context_word(i64)
