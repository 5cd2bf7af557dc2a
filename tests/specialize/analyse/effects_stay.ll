; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The evaluator folds; it never removes an effect. A store of a known value, a volatile load, a division that traps and a
; call whose result is not used stay, in order.
; RUN: specialize @f(i32 0, _)
; CHECK: define internal i32 @f.special(ptr %p)
; CHECK-NEXT: store i32 1, ptr %p
; CHECK-NEXT: %v = load volatile i32, ptr @constant
; CHECK-NEXT: %d = udiv i32 1, 0
; CHECK-NEXT: %unused = call i32 @outside(i32 0)
; CHECK-NEXT: fence seq_cst
; CHECK-NEXT: store i32 1, ptr %p
; CHECK-NEXT: ret i32 1
@constant = constant i32 4
define i32 @f(i32 %x, ptr %p) {
  %y = add i32 %x, 1
  store i32 %y, ptr %p
  %v = load volatile i32, ptr @constant
  %d = udiv i32 %y, %x
  %unused = call i32 @outside(i32 %x)
  fence seq_cst
  store i32 %y, ptr %p
  ret i32 %y
}
declare i32 @outside(i32)
