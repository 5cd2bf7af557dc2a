; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; If the hint can be passed by on the way to an access, nothing is held: on that way there would be nothing to write back.
; RUN: virtual-state @f
; CHECK: slots: 0
; CHECK: say:
; CHECK: store i64 1, ptr %vm
; CHECK: joined:
; CHECK-NEXT: %v = load i64, ptr %vm
; CHECK-NEXT: ret i64 %v
define i64 @f(ptr %vm, i1 %c) {
entry:
  br i1 %c, label %say, label %joined
say:
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 1, ptr %vm
  br label %joined
joined:
  %v = load i64, ptr %vm
  ret i64 %v
}
declare void @inlay_marker_virtual_state(ptr, i64)
