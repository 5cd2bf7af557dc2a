; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A place from a constant table, at an index that is only known when it runs: each entry is tried. Pointers into the
; program are told apart by their distance from its beginning; one that leads elsewhere is not tried.
; RUN: specialize @f(ptr @program, _)
; CHECK: %pc = phi ptr [ %to, %jumps ]
; CHECK-NEXT: [[TO:%.*]] = ptrtoint ptr %pc to i64
; CHECK-NEXT: [[DISTANCE:%.*]] = sub i64 [[TO]], ptrtoint (ptr @program to i64)
; CHECK-NEXT: switch i64 [[DISTANCE]], label %elsewhere [
; CHECK-DAG: i64 1, label %[[ONE:.*]]
; CHECK-DAG: i64 2, label %[[TWO:.*]]
; CHECK: ]
; CHECK-DAG: ret i64 49
; CHECK-DAG: ret i64 50
; CHECK: elsewhere:
; CHECK-NEXT: call i64 @f.inlay.resume(i32 0, i32 1, ptr {{.*}}@program, i64 %index, ptr {{.*}}%pc)
; CHECK: contexts: 3
; EMBED
@program = constant [3 x i8] c"j12"
@other = constant [3 x i8] c"abc"
@table = constant [3 x ptr] [ptr getelementptr (i8, ptr @program, i64 1), ptr getelementptr (i8, ptr @program, i64 2), ptr @other]
define i64 @f(ptr %code, i64 %index) {
entry:
  br label %loop
loop:
  %pc = phi ptr [ %code, %entry ], [ %to, %jumps ]
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
  ret i64 %r
}
declare ptr @inlay_marker_context_pointer(ptr)
