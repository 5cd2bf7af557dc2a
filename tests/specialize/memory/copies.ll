; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A copy or fill of a known size to a known place makes unknown what it covers, and nothing beside it in that object; of
; an unknown size, all of it.
; RUN: specialize @f(_, i64 8)
; RUN: specialize @f(_, _)
; CHECK-LABEL: ==== specialize @f(_, i64 8)
; CHECK: call void @llvm.memset
; CHECK-NEXT: %a = load i64, ptr %frame
; CHECK-NEXT: %s = add i64 %a, 2
; CHECK-LABEL: ==== specialize @f(_, _)
; CHECK: call void @llvm.memset
; CHECK-NEXT: %a = load i64, ptr %frame
; CHECK-NEXT: [[AT:%.*]] = getelementptr i8, ptr %frame, i64 8
; CHECK-NEXT: %b = load i64, ptr [[AT]]
define i64 @f(ptr %unused, i64 %size) {
entry:
  %frame = alloca [2 x i64]
  %second = getelementptr i8, ptr %frame, i64 8
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i64 1, ptr %frame
  store i64 2, ptr %second
  call void @llvm.memset.p0.i64(ptr %frame, i8 0, i64 %size, i1 false)
  %a = load i64, ptr %frame
  %b = load i64, ptr %second
  %s = add i64 %a, %b
  ret i64 %s
}
declare i64 @inlay_marker_context_word(i64)
