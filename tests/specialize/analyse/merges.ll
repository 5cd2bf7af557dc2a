; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where ways join, a value is known if all of them agree; a phi is written only where they do not. What is known before
; the join stays known behind it.
; RUN: analyse @f(_, i32 7)
; RUN: specialize @f(_, i32 7)
; CHECK-LABEL: analyse
; CHECK: join, no context, pins (), known (%x = i32 7, %agree = i32 8) ->
; CHECK-LABEL: specialize
; CHECK: join:
; CHECK-NEXT: %differ = phi i32
; CHECK-DAG: [ 9, %a ]
; CHECK-DAG: [ 10, %b ]
; CHECK: %t = add i32 %differ, 8
; CHECK-NEXT: %u = add i32 %t, 7
; CHECK-NEXT: ret i32 %u
define i32 @f(i1 %c, i32 %x) {
entry:
  br i1 %c, label %a, label %b
a:
  %a1 = add i32 %x, 1
  %a2 = add i32 %x, 2
  br label %join
b:
  %b1 = sub i32 15, %x
  %b2 = add i32 %x, 3
  br label %join
join:
  %agree = phi i32 [ %a1, %a ], [ %b1, %b ]
  %differ = phi i32 [ %a2, %a ], [ %b2, %b ]
  %t = add i32 %differ, %agree
  %u = add i32 %t, %x
  ret i32 %u
}
