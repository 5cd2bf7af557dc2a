; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A program counter that lives in the machine's struct is followed through memory as one in a local is.
; RUN: specialize @f(_)
; CHECK-NOT: load
; CHECK: store i64 1, ptr %vm
; CHECK: store i64 2, ptr %vm
; CHECK: ret i64 46
; CHECK: contexts: 3
; CHECK-NOT: exit
; EMBED
@program = constant [3 x i8] c"++."
define i64 @f(ptr %vm) {
entry:
  store i64 0, ptr %vm
  br label %loop
loop:
  %pc = load i64, ptr %vm
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %go
go:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  switch i8 %op, label %stop [ i8 43, label %plus ]
plus:
  %next = add i64 %here, 1
  store i64 %next, ptr %vm
  br label %loop
stop:
  %r = zext i8 %op to i64
  ret i64 %r
}
declare i64 @inlay_marker_context_word(i64)
