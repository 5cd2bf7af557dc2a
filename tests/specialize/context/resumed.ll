; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A resume function is specialized, too: as the way into running code. It leaves as deep as it was entered, and is no
; resume function any more: its calls of the real one stay the way out.
; RUN: specialize @f.inlay.resume(i32 0, _, _)
; CHECK: define internal void @f.inlay.resume.special(i32 %depth, i64 %jump) {
; CHECK: call void @f.inlay.resume(i32 0, i32 %depth, i64 %jump)
; CHECK-NEXT: ret void
define void @f.inlay.resume(i32 %place, i32 %depth, i64 %jump) noinline "inlay-resume" {
entry:
  switch i32 %place, label %nowhere [ i32 0, label %hint ]
hint:
  %pc = call i64 @inlay_marker_context_word(i64 %jump) [ "inlay.place"(i32 0, ptr @f.inlay.resume, i64 %jump) ]
  br label %go
go:
  ret void
nowhere:
  unreachable
}
declare i64 @inlay_marker_context_word(i64)
