; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A store makes the bytes that it covers unknown in every other size; bytes beside it stay known. A smaller load reads its
; part of a known cell only where the whole cell is what was stored.
; RUN: specialize @f()
; CHECK: store i32 7, ptr %frame
; CHECK: store i32 8, ptr
; CHECK: store i8 1, ptr
; CHECK-NEXT: %low = load i32, ptr %frame
; CHECK-NEXT: %all = load i64, ptr %frame
; CHECK-NOT: load
; CHECK: ret i64
; CHECK: folded: 1 loads
define i64 @f() {
entry:
  %frame = alloca i64
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i32 7, ptr %frame
  %high = getelementptr i8, ptr %frame, i64 4
  store i32 8, ptr %high
  %inside = getelementptr i8, ptr %frame, i64 3
  store i8 1, ptr %inside
  %low = load i32, ptr %frame
  %all = load i64, ptr %frame
  %beside = load i32, ptr %high
  %l = zext i32 %low to i64
  %b = zext i32 %beside to i64
  %x = add i64 %l, %all
  %y = add i64 %x, %b
  ret i64 %y
}
declare i64 @inlay_marker_context_word(i64)
