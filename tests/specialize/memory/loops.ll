; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A cell that a loop changes is not known in it, even if it is known on the way in: the way back counts, too. One that
; the loop leaves alone is known in it and behind it.
; RUN: specialize @f(_, _)
; CHECK: loop:
; CHECK: %v = load i64, ptr %state
; CHECK: store i64 %w, ptr %state
; CHECK-NOT: load i64, ptr %second
; CHECK: call i1 @more() #{{[0-9]+}}
; CHECK: out:
; CHECK-NEXT: %r = load i64, ptr %state
define i64 @f(ptr %state, i64 %n) {
entry:
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  %second = getelementptr i8, ptr %state, i64 8
  store i64 0, ptr %state
  store i64 3, ptr %second
  br label %loop
loop:
  %v = load i64, ptr %state
  %step = load i64, ptr %second
  %w = add i64 %v, %step
  store i64 %w, ptr %state
  %again = call i1 @more() memory(none)
  br i1 %again, label %loop, label %out
out:
  %r = load i64, ptr %state
  ret i64 %r
}
declare i1 @more()
declare i64 @inlay_marker_context_word(i64)
