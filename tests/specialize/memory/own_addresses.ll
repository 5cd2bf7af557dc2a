; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Addresses of the function's own objects, and ones computed from them, may be stored and loaded again: they are written
; as what they are, the object's address plus a distance, never as the name that the evaluator has for them.
; RUN: specialize @f(_)
; CHECK-NOT: placeholder
; CHECK: store ptr %state, ptr %place
; CHECK-NOT: load ptr, ptr %place
; CHECK: store i64 5, ptr [[AT:%.*]]
; CHECK: ret i64 5
define i64 @f(ptr %state) {
entry:
  %place = alloca ptr
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store ptr %state, ptr %place
  %back = load ptr, ptr %place
  %at = getelementptr i8, ptr %back, i64 24
  store i64 5, ptr %at
  %same = getelementptr i8, ptr %state, i64 24
  %v = load i64, ptr %same
  ret i64 %v
}
declare i64 @inlay_marker_context_word(i64)
