; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What was stored as one type is read as another of the same size: a double's bits, a pointer's number. An address that
; is only known when the code runs is not computed with as if it were a number.
; RUN: specialize @f(_)
; CHECK: store double 1.500000e+00, ptr %frame
; CHECK-NOT: load i64, ptr %frame
; CHECK: ret i64 4609434218613702656
; CHECK: folded: 1 loads
define i64 @f(ptr %state) {
entry:
  %frame = alloca double
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store double 1.5, ptr %frame
  %bits = load i64, ptr %frame
  ret i64 %bits
}
declare i64 @inlay_marker_context_word(i64)
