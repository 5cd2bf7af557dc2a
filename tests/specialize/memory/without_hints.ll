; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A function without hints is no interpreter: its memory is not followed, LLVM does that better afterwards.
; RUN: specialize @f(i64 1)
; CHECK: store i64 1, ptr %frame
; CHECK-NEXT: %v = load i64, ptr %frame
; CHECK-NEXT: ret i64 %v
define i64 @f(i64 %x) {
  %frame = alloca i64
  store i64 %x, ptr %frame
  %v = load i64, ptr %frame
  ret i64 %v
}
