; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Code that lies in two objects: at an unknown place, those in the object of the first guess are tried. A pointer into the
; other one has a distance that no case names, and leaves.
; RUN: specialize @f(ptr @first, _)
; CHECK: ptrtoint (ptr @[[PROGRAM:first|second]] to i64)
; CHECK: switch i64 %{{.*}}, label %elsewhere [
; CHECK-NEXT: i64 1, label
; CHECK-NEXT: ]
; CHECK: elsewhere:
; CHECK-NEXT: call i64 @f.inlay.resume(
; EMBED
@first = constant [2 x i8] c"s1"
@second = constant [2 x i8] c"j2"
@table = constant [2 x ptr] [ptr getelementptr (i8, ptr @first, i64 1), ptr getelementptr (i8, ptr @second, i64 1)]
define i64 @f(ptr %code, i64 %index) {
entry:
  br label %loop
loop:
  %pc = phi ptr [ %code, %entry ], [ %to, %jumps ], [ @second, %switches ]
  %here = call ptr @inlay_marker_context_pointer(ptr %pc)
  br label %go
go:
  %op = load i8, ptr %here
  switch i8 %op, label %stop [ i8 106, label %jumps
                               i8 115, label %switches ]
switches:
  br label %loop
jumps:
  %at = getelementptr ptr, ptr @table, i64 %index
  %to = load ptr, ptr %at
  br label %loop
stop:
  %r = zext i8 %op to i64
  ret i64 %r
}
declare ptr @inlay_marker_context_pointer(ptr)
