; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A branch or switch on a known value is decided: what is not reached gets no node and no code. Parameters that are known
; are no longer parameters.
; RUN: analyse @f(i32 3, _)
; RUN: specialize @f(i32 3, _)
; CHECK-LABEL: analyse
; CHECK: 0: entry, no context, pins (), known (%n = i32 3) -> 1 -
; CHECK-NEXT: 1: many, no context, pins (), known (%n = i32 3) -> - - 2
; CHECK-NEXT: 2: three, no context, pins (), known () -> 3
; CHECK-NEXT: 3: out, no context, pins (), known () ->
; CHECK-NEXT: contexts: 0, pins: 0
; CHECK-LABEL: specialize
; CHECK: define internal i32 @f.special(i32 %x) {
; CHECK-NEXT: entry:
; CHECK-NEXT: br label %many
; CHECK: many:
; CHECK-NEXT: br label %three
; CHECK: three:
; CHECK-NEXT: %b = mul i32 %x, 3
; CHECK-NEXT: br label %out
; CHECK: out:
; CHECK-NEXT: %r = phi i32 [ %b, %three ]
; CHECK-NEXT: ret i32 %r
; CHECK-NEXT: }
; CHECK: folded: 0 loads, 1 values, 2 branches
define i32 @f(i32 %n, i32 %x) {
entry:
  %c = icmp ugt i32 %n, 1
  br i1 %c, label %many, label %out
many:
  switch i32 %n, label %other [ i32 2, label %two
                                i32 3, label %three ]
two:
  %a = shl i32 %x, 1
  br label %out
three:
  %b = mul i32 %x, 3
  br label %out
other:
  %o = call i32 @outside(i32 %n)
  br label %out
out:
  %r = phi i32 [ %x, %entry ], [ %a, %two ], [ %b, %three ], [ %o, %other ]
  ret i32 %r
}
declare i32 @outside(i32)
