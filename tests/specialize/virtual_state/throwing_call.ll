; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A call that touches no memory but may throw ends the function, then, without a return: whoever catches finds the state
; in memory.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK: call void @inlay_marker_virtual_state
; CHECK-NEXT: [[P0:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: load i64, ptr [[P0]]
; CHECK: [[P:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 1, ptr [[P]]
; CHECK-NEXT: call void @checks(i64 3)
define void @f(ptr %vm) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 1, ptr %vm
  call void @checks(i64 3) memory(none)
  store i64 2, ptr %vm
  ret void
}
declare void @checks(i64)
declare void @inlay_marker_virtual_state(ptr, i64)
