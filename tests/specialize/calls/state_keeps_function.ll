; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What virtual_state() says holds until its function returns, so that function is inlined only where there is nothing more
; behind it: into the entry, not into another one, which may look at the state through other pointers.
; RUN: compile @outer(_, _)
; CHECK: define i64 @entry
; CHECK: call void @inner.special
; CHECK-NEXT: %{{.*}} = load i64, ptr %"argument 2"
; CHECK: define internal void @inner.special
; CHECK: store i64 5, ptr
; CHECK-NEXT: ret void
define i64 @outer(ptr %vm, ptr %same) {
  call void @inner(ptr %vm)
  %v = load i64, ptr %same
  ret i64 %v
}
define void @inner(ptr %vm) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 5, ptr %vm
  ret void
}
declare void @inlay_marker_virtual_state(ptr, i64)
