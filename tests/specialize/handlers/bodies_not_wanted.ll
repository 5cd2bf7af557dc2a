; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A call that loses what is known of memory is only copied in if somebody reads that, and not where its author says that
; it is unlikely.
; RUN: specialize @f(_, _)
; CHECK-NOT: wants body @unread
; CHECK: wants body @read
; CHECK-NOT: wants body @rare
define i64 @f(ptr %vm, i1 %how) {
entry:
  %second = getelementptr i64, ptr %vm, i64 1
  store i64 2, ptr %second
  %here = call i64 @inlay_marker_context_word(i64 1)
  br label %go
go:
  call void @unread(ptr %vm)
  store i64 1, ptr %vm
  br i1 %how, label %rarely, label %mostly, !prof !0
rarely:
  call void @rare(ptr %vm)
  br label %mostly
mostly:
  store i64 1, ptr %vm
  call void @read(ptr %vm)
  %after = load i64, ptr %vm
  ret i64 %after
}
define void @unread(ptr %vm) {
  %second = getelementptr i64, ptr %vm, i64 1
  store i64 3, ptr %second
  ret void
}
define void @read(ptr %vm) {
  store i64 5, ptr %vm
  ret void
}
define void @rare(ptr %vm) {
  store i64 7, ptr %vm
  ret void
}
declare i64 @inlay_marker_context_word(i64)
!0 = !{!"branch_weights", i32 1, i32 2000}
