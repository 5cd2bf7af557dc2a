; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Type-based alias analysis: a store to a float does not change an int; but if the cell itself is accessed as both, it
; says nothing.
; RUN: specialize @f(_, _)
; CHECK: store float 1.000000e+00, ptr %q
; CHECK-NOT: load i32, ptr %state
; CHECK: %mixed = load i32, ptr
; CHECK: add i32 %mixed, 1
define i32 @f(ptr %state, ptr %q) {
entry:
  %second = getelementptr i8, ptr %state, i64 8
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i32 1, ptr %state, !tbaa !1
  store i32 2, ptr %second, !tbaa !1
  store float 1.0, ptr %q, !tbaa !2
  %v = load i32, ptr %state, !tbaa !1
  %mixed = load i32, ptr %second
  %s = add i32 %mixed, %v
  ret i32 %s
}
declare i64 @inlay_marker_context_word(i64)
!0 = !{!"root"}
!3 = !{!"char", !0}
!4 = !{!"int", !3}
!5 = !{!"float", !3}
!1 = !{!4, !4, i64 0}
!2 = !{!5, !5, i64 0}
