; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What is not always reached at one constant distance with one size stays in memory, each for its own reason, and the
; rest is held. Here only the last word is.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK-DAG: store i32 1, ptr %vm
; CHECK-DAG: %two_sizes = load i64, ptr %vm
; CHECK-DAG: store i32 2, ptr %overlapped
; CHECK-DAG: store i32 3, ptr %overlapping
; CHECK-DAG: store volatile i32 4, ptr %is_volatile
; CHECK-DAG: store i32 5, ptr %indexed
; CHECK-DAG: store i32 6, ptr %at
; CHECK-DAG: store i32 7, ptr %chosen_a
; CHECK-DAG: store i32 8, ptr %chosen
; CHECK-DAG: store i32 10, ptr %outside
; CHECK-NOT: store i32 9, ptr %held
; CHECK: [[HELD:%.*]] = getelementptr inbounds i8, ptr %vm, i64 60
; CHECK-NEXT: store i32 9, ptr [[HELD]]
; CHECK-NEXT: ret void
define void @f(ptr %vm, i64 %i, i1 %c) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 64)
  store i32 1, ptr %vm
  %two_sizes = load i64, ptr %vm
  %overlapped = getelementptr i8, ptr %vm, i64 8
  store i32 2, ptr %overlapped
  %overlapping = getelementptr i8, ptr %vm, i64 10
  store i32 3, ptr %overlapping
  %is_volatile = getelementptr i8, ptr %vm, i64 16
  store volatile i32 4, ptr %is_volatile
  %indexed = getelementptr i8, ptr %vm, i64 20
  store i32 5, ptr %indexed
  %low = and i64 %i, 1
  %array = getelementptr i8, ptr %vm, i64 20
  %at = getelementptr inbounds [2 x i32], ptr %array, i64 0, i64 %low
  store i32 6, ptr %at
  %chosen_a = getelementptr i8, ptr %vm, i64 40
  store i32 7, ptr %chosen_a
  %chosen_b = getelementptr i8, ptr %vm, i64 44
  %chosen = select i1 %c, ptr %chosen_a, ptr %chosen_b
  store i32 8, ptr %chosen
  %outside = getelementptr i8, ptr %vm, i64 64
  store i32 10, ptr %outside
  %held = getelementptr i8, ptr %vm, i64 60
  store i32 9, ptr %held
  ret void
}
declare void @inlay_marker_virtual_state(ptr, i64)
