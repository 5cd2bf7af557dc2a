; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Without bytes, or where their number is not known, nothing is said.
; RUN: tracked-state @none
; CHECK-NOT: inlay_marker
; CHECK-NOT: !alias.scope
; CHECK: ret i64
; RUN: tracked-state @unknown
; CHECK-NOT: inlay_marker
; CHECK-NOT: !alias.scope
; CHECK: ret i64
define i64 @none(ptr %state) {
  call void @inlay_marker_tracked_state(ptr %state, i64 0)
  %v = load i64, ptr %state
  ret i64 %v
}
define i64 @unknown(ptr %state, i64 %n) {
  call void @inlay_marker_tracked_state(ptr %state, i64 %n)
  %v = load i64, ptr %state
  ret i64 %v
}
declare void @inlay_marker_tracked_state(ptr, i64)
