; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Blocks that nothing leads to, in the original or because of what is known, leave no entry in the phis of others.
; RUN: specialize @f(i1 true, _)
; CHECK: out:
; CHECK-NEXT: %r = phi i32 [ %x, %entry ]
; CHECK-NEXT: ret i32 %r
; CHECK-NOT: dead
define i32 @f(i1 %c, i32 %x) {
entry:
  br i1 %c, label %out, label %other
other:
  br label %out
out:
  %r = phi i32 [ %x, %entry ], [ 1, %other ], [ %d, %dead ]
  ret i32 %r
dead:
  %d = add i32 %d, 1
  br i1 %c, label %dead, label %out
}
