; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A body that is copied in cannot be left at its own places, so what it expects cannot be relied on there: no guard could
; go on in the interpreter. The value is used as it is.
; RUN: specialize @f(_)
; CHECK: wants body @inner
; CHECK: define internal i64 @f.special(ptr %vm)
; CHECK: [[FLAG:%.*]] = call i64 @flag()
; CHECK: store i64 [[FLAG]], ptr %vm
; CHECK-NEXT: [[R:%.*]] = add i64 [[FLAG]], 1
; CHECK-NOT: @inner.inlay.resume
; EMBED
define i64 @f(ptr %vm) {
entry:
  store i64 1, ptr %vm
  %here = call i64 @inlay_marker_context_word(i64 1)
  br label %go
go:
  %v = call i64 @inner(ptr %vm)
  %r = add i64 %v, %here
  %after = load i64, ptr %vm
  call void @use(i64 %after)
  ret i64 %r
}
define i64 @inner(ptr %vm) {
  %flag = call i64 @flag()
  %sure = call i64 @inlay_marker_expect(i64 %flag, i64 3)
  br label %go
go:
  store i64 %sure, ptr %vm
  ret i64 %sure
}
declare i64 @flag()
declare i64 @inlay_marker_expect(i64, i64)
declare void @use(i64)
declare i64 @inlay_marker_context_word(i64)
