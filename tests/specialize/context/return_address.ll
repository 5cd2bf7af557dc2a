; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A guest's return address lies on its stack and is not known where it is used. What was stored as one is tried: a switch
; over the places that it may be, and the interpreter for the rest.
;   0: call 3   1: call 3   2: stop   3: return
; RUN: specialize @f(_)
; CHECK: %to = load i64, ptr %stack, align 8
; CHECK: %pc = phi i64 [ %to, %returns ]
; CHECK-NEXT: switch i64 %pc, label %elsewhere [
; CHECK-DAG: i64 1, label %[[ONE:.*]]
; CHECK-DAG: i64 2, label %[[TWO:.*]]
; CHECK: ]
; CHECK: elsewhere:
; CHECK-NEXT: call i64 @f.inlay.resume(i32 0, i32 1, ptr {{.*}}%stack, i64 %pc)
; CHECK: contexts: 4
; CHECK: exit: unknown context
; EMBED
@program = constant [4 x i8] c"cc.r"
define i64 @f(ptr %stack) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ 0, %entry ], [ 3, %calls ], [ %to, %returns ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %go
go:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  switch i8 %op, label %stop [ i8 99, label %calls
                               i8 114, label %returns ]
calls:
  %next = add i64 %here, 1
  store i64 %next, ptr %stack, align 8
  call void @work()
  br label %loop
returns:
  %to = load i64, ptr %stack, align 8
  br label %loop
stop:
  ret i64 %here
}
declare void @work()
declare i64 @inlay_marker_context_word(i64)
