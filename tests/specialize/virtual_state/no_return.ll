; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A call that does not return is written back before, for whoever looks then; nothing is read after. A hint whose size is
; not a constant, or over more than 96 places, is not acted on.
; RUN: virtual-state @f
; RUN: virtual-state @g
; CHECK-LABEL: virtual-state @f
; CHECK: slots: 1
; CHECK: call void @inlay_marker_virtual_state
; CHECK-NEXT: [[P0:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: load i64, ptr [[P0]]
; CHECK: [[P:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 1, ptr [[P]]
; CHECK-NEXT: call void @fail(ptr %vm) #[[A:[0-9]+]]
; CHECK-NEXT: unreachable
; CHECK-LABEL: virtual-state @g
; CHECK: slots: 0
; CHECK: store i64 1, ptr %vm
; CHECK-NEXT: ret void
define void @f(ptr %vm) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 1, ptr %vm
  call void @fail(ptr %vm) noreturn
  unreachable
}
define void @g(ptr %vm, i64 %n) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 %n)
  store i64 1, ptr %vm
  ret void
}
declare void @fail(ptr)
declare void @inlay_marker_virtual_state(ptr, i64)
