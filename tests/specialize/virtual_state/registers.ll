; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; State that the author declared lives in registers: read once at the hint, written back before the return. A loop over it
; touches no memory.
; RUN: virtual-state @f
; CHECK: slots: 2
; CHECK: entry:
; CHECK: [[P1:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: [[A:%.*]] = load i64, ptr [[P1]]
; CHECK-NEXT: [[SECOND:%.*]] = getelementptr inbounds i8, ptr %vm, i64 8
; CHECK-NEXT: [[B:%.*]] = load i64, ptr [[SECOND]]
; CHECK: loop:
; CHECK-NEXT: [[NOW:%.*]] = phi i64 [ [[A]], %entry ], [ %w, %loop ]
; CHECK-NOT: load
; CHECK-NOT: store
; CHECK: %w = add i64 [[NOW]], [[B]]
; CHECK: out:
; CHECK: [[P2:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 %w, ptr [[P2]]
; CHECK-NEXT: [[Q:%.*]] = getelementptr inbounds i8, ptr %vm, i64 8
; CHECK-NEXT: store i64 [[B]], ptr [[Q]]
; CHECK-NEXT: ret void
define void @f(ptr %vm) {
entry:
  call void @inlay_marker_virtual_state(ptr %vm, i64 16)
  %second = getelementptr i8, ptr %vm, i64 8
  br label %loop
loop:
  %v = load i64, ptr %vm
  %s = load i64, ptr %second
  %w = add i64 %v, %s
  store i64 %w, ptr %vm
  %again = icmp ult i64 %w, 100
  br i1 %again, label %loop, label %out
out:
  ret void
}
declare void @inlay_marker_virtual_state(ptr, i64)
