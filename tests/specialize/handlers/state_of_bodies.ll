; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What a called function declares as its virtual state is promised until it returns. Copied in, that end is gone, so its
; promise is not acted on: the caller may look through another pointer right after the call.
; RUN: compile @f(_, _)
; CHECK: define i64 @entry
; CHECK: store i64 5, ptr %"argument 1"
; CHECK: [[V:%.*]] = load i64, ptr %"argument 2"
; CHECK: ret i64 [[V]]
; EMBED
define i64 @f(ptr %vm, ptr %same) {
entry:
  store i64 1, ptr %vm
  %here = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  call void @inner(ptr %vm)
  %pc = load i64, ptr %vm
  %there = call i64 @inlay_marker_context_word(i64 %pc)
  br label %went
went:
  %v = load i64, ptr %same
  ret i64 %v
}
define void @inner(ptr %vm) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  %v = load i64, ptr %vm
  %w = add i64 %v, 4
  store i64 %w, ptr %vm
  ret void
}
declare i64 @inlay_marker_context_word(i64)
declare void @inlay_marker_virtual_state(ptr, i64)
