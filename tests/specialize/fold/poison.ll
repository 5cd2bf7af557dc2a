; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What is undefined or a trap is never folded: LLVM may choose a value for it, but once, in the code that stays; and a
; trap must come when it would have come. Arithmetic whose flags say that it does not wrap folds as if it did: a value
; instead of poison, the same one wherever it is folded.
; RUN: fold @f
define void @f() {
; CHECK: %zero = stays
  %zero = udiv i32 1, 0
; CHECK-NEXT: %least = stays
  %least = sdiv i32 -2147483648, -1
; CHECK-NEXT: %rest = stays
  %rest = srem i32 1, 0
; CHECK-NEXT: %nsw = i32 -2147483648
  %nsw = add nsw i32 2147483647, 1
; CHECK-NEXT: %nuw = i32 -1
  %nuw = sub nuw i32 1, 2
; CHECK-NEXT: %far = stays
  %far = shl i32 1, 32
; CHECK-NEXT: %exact = i32 1
  %exact = lshr exact i32 3, 1
; CHECK-NEXT: %nneg = i32 255
  %nneg = zext nneg i8 -1 to i32
; CHECK-NEXT: %disjoint = i32 1
  %disjoint = or disjoint i32 1, 1
; CHECK-NEXT: %lost = i8 0
  %lost = trunc nuw i32 256 to i8
; CHECK-NEXT: %undef = stays
  %undef = and i32 undef, 0
; CHECK-NEXT: %poison = stays
  %poison = add i32 poison, 1
; CHECK-NEXT: %behind = i32 -2147483648
  %behind = add i32 %nsw, 0
; CHECK-NEXT: %frozen_poison = stays
  %frozen_poison = freeze i32 poison
; CHECK-NEXT: %frozen_unknown = i32 -2147483648
  %frozen_unknown = freeze i32 %nsw
; CHECK-NEXT: %frozen = i32 5
  %frozen = freeze i32 5
; CHECK-NEXT: %ctlz = stays
  %ctlz = call i32 @llvm.ctlz.i32(i32 0, i1 true)
; CHECK-NEXT: %abs = stays
  %abs = call i32 @llvm.abs.i32(i32 -2147483648, i1 true)
; CHECK-NEXT: %aggregate = stays
  %aggregate = insertvalue { i32, i32 } undef, i32 1, 0
  ret void
}
