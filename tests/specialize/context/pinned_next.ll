; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What the next context is computed from becomes a pin where several values meet: both ways of the guest's branch join
; before the interpreter's next round, and are kept apart until there.
; RUN: specialize @f(_)
; CHECK: br i1 %c, label %[[A:.*]], label %[[B:.*]]
; CHECK-NOT: exit
; CHECK: contexts: 3, pins: {{[1-9]}}
; CHECK-NOT: exit
; EMBED
@program = constant [3 x i8] c"?12"
define i64 @f(i1 %c) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ 0, %entry ], [ %chosen, %joined ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %go
go:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  switch i8 %op, label %stop [ i8 63, label %branch ]
branch:
  br i1 %c, label %first, label %second
first:
  br label %joined
second:
  br label %joined
joined:
  %chosen = phi i64 [ 1, %first ], [ 2, %second ]
  call void @work()
  br label %loop
stop:
  %r = zext i8 %op to i64
  ret i64 %r
}
declare void @work()
declare i64 @inlay_marker_context_word(i64)
