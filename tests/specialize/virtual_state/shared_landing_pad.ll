; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A landing pad that is also reached from before the hint reads nothing: there, p need not be valid yet. What was changed
; is in memory already, written back before the call that threw.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK: invoke void @checks(ptr %vm)
; CHECK: store i64 1, ptr
; CHECK-NEXT: invoke void @throws()
; CHECK: caught:
; CHECK-NEXT: %e = landingpad { ptr, i32 }
; CHECK-NEXT: cleanup
; CHECK-NEXT: resume { ptr, i32 } %e
define void @f(ptr %vm) personality ptr @__gxx_personality_v0 {
entry:
  invoke void @checks(ptr %vm) to label %say unwind label %caught
say:
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  store i64 1, ptr %vm
  invoke void @throws() to label %out unwind label %caught
out:
  store i64 2, ptr %vm
  ret void
caught:
  %e = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %e
}
declare void @checks(ptr)
declare void @throws()
declare i32 @__gxx_personality_v0(...)
declare void @inlay_marker_virtual_state(ptr, i64)
