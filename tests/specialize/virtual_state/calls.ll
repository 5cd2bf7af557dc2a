; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Before a call that may look, the state is written back; after it, it is read again, since the call may have changed it.
; A call that only reads is not read after; one that touches no memory is neither, nor is a copy between other objects.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK: call void @inlay_marker_virtual_state
; CHECK-NEXT: [[P0:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: load i64, ptr [[P0]]
; CHECK: [[P1:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 1, ptr [[P1]]
; CHECK-NEXT: call void @changes(ptr %vm)
; CHECK-NEXT: [[P2:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: [[A:%.*]] = load i64, ptr [[P2]]
; CHECK-NEXT: %w = add i64 [[A]], 1
; CHECK-NEXT: %pure = call i64 @computes(i64 %w)
; CHECK-NEXT: call void @llvm.memcpy.p0.p0.i64(ptr @x, ptr @y, i64 8, i1 false)
; CHECK-NEXT: [[P3:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 %w, ptr [[P3]]
; CHECK-NEXT: %r = call i64 @reads(ptr %vm)
; CHECK-NEXT: %s = add i64 %r, %w
; CHECK-NEXT: [[P4:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 %w, ptr [[P4]]
; CHECK-NEXT: ret i64 %s
@x = global i64 0
@y = global i64 0
define i64 @f(ptr %vm) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 1, ptr %vm
  call void @changes(ptr %vm)
  %v = load i64, ptr %vm
  %w = add i64 %v, 1
  store i64 %w, ptr %vm
  %pure = call i64 @computes(i64 %w) memory(none) nounwind
  call void @llvm.memcpy.p0.p0.i64(ptr @x, ptr @y, i64 8, i1 false)
  %r = call i64 @reads(ptr %vm) memory(read)
  %again = load i64, ptr %vm
  %s = add i64 %r, %again
  ret i64 %s
}
declare void @changes(ptr)
declare i64 @computes(i64)
declare i64 @reads(ptr)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @inlay_marker_virtual_state(ptr, i64)
