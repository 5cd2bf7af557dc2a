; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A body that is copied in brings its hints, but not its ways out: a context that is not known there is no place of the
; function around it, and leaving there would end the wrong function.
; RUN: specialize @f(_, _)
; CHECK: wants body @inner
; CHECK: define internal i64 @f.special(ptr %vm, i64 %to)
; CHECK-NOT: @inner.inlay.resume
; CHECK: store i64 %to, ptr %vm
; CHECK-NEXT: %r = add i64 %to, 1
; CHECK: ret i64 %r
; CHECK-NOT: @inner.inlay.resume
; EMBED
define i64 @f(ptr %vm, i64 %to) {
entry:
  store i64 1, ptr %vm
  %here = call i64 @inlay_marker_context_word(i64 1)
  br label %go
go:
  %v = call i64 @inner(ptr %vm, i64 %to)
  %r = add i64 %v, %here
  %after = load i64, ptr %vm
  call void @use(i64 %after)
  ret i64 %r
}
define i64 @inner(ptr %vm, i64 %to) {
  %here = call i64 @inlay_marker_context_word(i64 %to)
  br label %go
go:
  store i64 %to, ptr %vm
  ret i64 %here
}
declare void @use(i64)
declare i64 @inlay_marker_context_word(i64)
