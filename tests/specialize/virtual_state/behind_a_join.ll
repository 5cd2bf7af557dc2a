; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where other ways join that did not pass the hint, the state is written back before: behind the join nobody knows of it.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK: say:
; CHECK: [[P:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: load i64, ptr [[P]]
; CHECK-NEXT: [[Q:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 1, ptr [[Q]]
; CHECK-NEXT: br label %joined
; CHECK: joined:
; CHECK-NEXT: call void @looks()
; CHECK-NEXT: ret void
define void @f(ptr %vm, i1 %c) {
entry:
  br i1 %c, label %say, label %joined
say:
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 1, ptr %vm
  br label %joined
joined:
  call void @looks()
  ret void
}
declare void @looks()
declare void @inlay_marker_virtual_state(ptr, i64)
