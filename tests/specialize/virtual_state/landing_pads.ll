; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; An invoke is written back before and read after on both ways: where it returned, and in the landing pad. The way to a
; block that others lead to, too, gets a block of its own, so that their newer values are not lost. An exception that
; goes on (resume) takes the state along.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK: entry:
; CHECK: br i1 %c, label %try, label %joined
; CHECK: try:
; CHECK: [[P1:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 5, ptr [[P1]]
; CHECK-NEXT: invoke void @throws()
; CHECK-NEXT: to label %[[EDGE:.*]] unwind label %caught
; CHECK: [[EDGE]]:
; CHECK-NEXT: [[P2:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: [[AFTER:%.*]] = load i64, ptr [[P2]]
; CHECK: joined:
; CHECK-NEXT: [[V:%.*]] = phi i64
; CHECK-DAG: [ 7, %entry ]
; CHECK-DAG: [ [[AFTER]], %[[EDGE]] ]
; CHECK: [[P3:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 [[V]], ptr [[P3]]
; CHECK-NEXT: ret i64 [[V]]
; CHECK: caught:
; CHECK-NEXT: %e = landingpad { ptr, i32 }
; CHECK-NEXT: cleanup
; CHECK-NEXT: [[P4:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: [[IN:%.*]] = load i64, ptr [[P4]]
; CHECK-NEXT: [[MORE:%.*]] = add i64 [[IN]], 1
; CHECK-NEXT: [[P5:%.*]] = getelementptr inbounds i8, ptr %vm, i64 0
; CHECK-NEXT: store i64 [[MORE]], ptr [[P5]]
; CHECK-NEXT: resume { ptr, i32 } %e
define i64 @f(ptr %vm, i1 %c) personality ptr @__gxx_personality_v0 {
entry:
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 7, ptr %vm
  br i1 %c, label %try, label %joined
try:
  store i64 5, ptr %vm
  invoke void @throws() to label %joined unwind label %caught
joined:
  %v = load i64, ptr %vm
  ret i64 %v
caught:
  %e = landingpad { ptr, i32 } cleanup
  %in = load i64, ptr %vm
  %more = add i64 %in, 1
  store i64 %more, ptr %vm
  resume { ptr, i32 } %e
}
declare void @throws()
declare i32 @__gxx_personality_v0(...)
declare void @inlay_marker_virtual_state(ptr, i64)
