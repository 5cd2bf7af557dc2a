; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A tail call whose target is not known, or is no handler that can be taken in, is an ordinary call of that target with
; the exact arguments: the interpreter goes on there. So is one
; that its author keeps out.
; RUN: specialize @f(_, i64 5)
; RUN: specialize @g(_, i64 5)
; CHECK-LABEL: ==== specialize @f
; CHECK: define internal i64 @f.special(ptr %target) {
; CHECK: [[SELF:%.*]] = icmp eq ptr %target, @f
; CHECK-NEXT: br i1 [[SELF]], label %[[AGAIN:.*]], label %elsewhere
; CHECK: elsewhere:
; CHECK-NEXT: [[R:%.*]] = call i64 %target(ptr %target, i64 6)
; CHECK-NEXT: ret i64 [[R]]
; CHECK: [[AGAIN]]:
; CHECK-NEXT: br label %go
; CHECK-LABEL: ==== specialize @g
; CHECK-NOT: musttail
; CHECK: call i64 @other(ptr null, i64 6)
; CHECK-NEXT: ret i64
define i64 @f(ptr %target, i64 %acc) {
  %here = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  %more = add i64 %here, 6
  %r = musttail call i64 %target(ptr %target, i64 %more)
  ret i64 %r
}
define i64 @g(ptr %target, i64 %acc) {
  %here = call i64 @inlay_marker_context_word(i64 %acc)
  br label %go
go:
  %more = add i64 %here, 1
  %r = musttail call i64 @other(ptr null, i64 %more)
  ret i64 %r
}
define i64 @other(ptr %target, i64 %acc) "inlay-opaque" {
  ret i64 %acc
}
declare i64 @inlay_marker_context_word(i64)
