; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A place that is accessed in two widths stays in memory, and so does every place that the wider one reaches: a struct of
; two numbers that is copied as a whole. The one behind it does not.
; RUN: virtual-state @f
; CHECK: slots: 1
; CHECK: store i64 %both, ptr %vm
; CHECK: %high = load i32
define i32 @f(ptr %vm, i64 %both) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 16)
  %second = getelementptr i8, ptr %vm, i64 4
  %third = getelementptr i8, ptr %vm, i64 8
  store i32 1, ptr %vm
  store i32 2, ptr %second
  store i64 %both, ptr %vm
  %high = load i32, ptr %second
  store i32 %high, ptr %third
  %again = load i32, ptr %third
  ret i32 %again
}
declare void @inlay_marker_virtual_state(ptr, i64)
