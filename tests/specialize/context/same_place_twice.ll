; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Two constants may be one address (one was computed with a promise that it stays in its object, one without). The switch
; over guessed places names it once.
; RUN: specialize @f(ptr @program, _)
; CHECK: switch i64 %{{.*}}, label %elsewhere [
; CHECK-NEXT: i64 1, label
; CHECK-NEXT: ]
; EMBED
@program = constant [3 x i8] c"j12"
@table = constant [2 x ptr] [ptr getelementptr inbounds (i8, ptr @program, i64 1), ptr getelementptr (i8, ptr @program, i64 1)]
define i64 @f(ptr %code, i64 %index) {
entry:
  br label %loop
loop:
  %pc = phi ptr [ %code, %entry ], [ %to, %jumps ]
  %acc = phi i64 [ 0, %entry ], [ %index, %jumps ]
  %here = call ptr @inlay_marker_context_pointer(ptr %pc)
  br label %go
go:
  %op = load i8, ptr %here
  switch i8 %op, label %stop [ i8 106, label %jumps ]
jumps:
  %at = getelementptr ptr, ptr @table, i64 %index
  %to = load ptr, ptr %at
  br label %loop
stop:
  %r = zext i8 %op to i64
  %s = add i64 %r, %acc
  ret i64 %s
}
declare ptr @inlay_marker_context_pointer(ptr)
