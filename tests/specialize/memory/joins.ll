; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where ways join, a cell is known if all ways agree on it, as a value is.
; RUN: specialize @f(_, _)
; CHECK: join:
; CHECK: %a = load i64, ptr %state
; CHECK-NOT: load
; CHECK: %s = add i64 %a, 5
define i64 @f(ptr %state, i1 %c) {
entry:
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  %second = getelementptr i8, ptr %state, i64 8
  store i64 5, ptr %second
  br i1 %c, label %left, label %right
left:
  store i64 1, ptr %state
  br label %join
right:
  store i64 2, ptr %state
  store i64 5, ptr %second
  br label %join
join:
  %a = load i64, ptr %state
  %b = load i64, ptr %second
  %s = add i64 %a, %b
  ret i64 %s
}
declare i64 @inlay_marker_context_word(i64)
