; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A hint that is come by again would read the state from memory a second time, while newer values are in registers: what
; is said in a loop is not acted on.
; RUN: virtual-state @f
; CHECK: slots: 0
; CHECK: loop:
; CHECK: %v = load i64, ptr %vm
; CHECK-NEXT: %w = add i64 %v, 1
; CHECK-NEXT: store i64 %w, ptr %vm
define i64 @f(ptr %vm, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  %v = load i64, ptr %vm
  %w = add i64 %v, 1
  store i64 %w, ptr %vm
  %next = add i64 %i, 1
  %again = icmp ult i64 %next, %n
  br i1 %again, label %loop, label %out
out:
  ret i64 %w
}
declare void @inlay_marker_virtual_state(ptr, i64)
