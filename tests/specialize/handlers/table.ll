; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Handlers that tail-call one another through a table: with the first that is wanted, all of its type in the table come
; in, and the program's way through them is one function, without the dispatch. The handler that nothing reaches is in
; the working copy only.
; RUN: specialize @plus(ptr @program, _)
; CHECK: wants handler @times
; CHECK: wants handler @stop
; CHECK: define internal i64 @plus.special(i64 %acc)
; CHECK-NOT: musttail
; CHECK-NOT: icmp eq ptr
; CHECK: [[ACC:%.*]] = phi i64 [ %acc, %entry ]
; CHECK: [[A:%.*]] = add i64 [[ACC]], 1
; CHECK: [[B:%.*]] = phi i64 [ [[A]], %
; CHECK: [[C:%.*]] = mul i64 [[B]], 2
; CHECK: [[D:%.*]] = phi i64 [ [[C]], %
; CHECK: ret i64 [[D]]
; CHECK: contexts: 2
; CHECK-NOT: exit
@program = constant [3 x i8] c"\00\01\02"
@handlers = constant [4 x ptr] [ptr @plus, ptr @times, ptr @stop, ptr @unused]
define i64 @plus(ptr %pc, i64 %acc) {
  %next = getelementptr i8, ptr %pc, i64 1
  %more = add i64 %acc, 1
  %here = call ptr @inlay_marker_context_pointer(ptr %next)
  br label %dispatch
dispatch:
  %op = load i8, ptr %here
  %index = zext i8 %op to i64
  %at = getelementptr ptr, ptr @handlers, i64 %index
  %handler = load ptr, ptr %at
  %r = musttail call i64 %handler(ptr %here, i64 %more)
  ret i64 %r
}
define i64 @times(ptr %pc, i64 %acc) {
  %next = getelementptr i8, ptr %pc, i64 1
  %more = mul i64 %acc, 2
  %here = call ptr @inlay_marker_context_pointer(ptr %next)
  br label %dispatch
dispatch:
  %op = load i8, ptr %here
  %index = zext i8 %op to i64
  %at = getelementptr ptr, ptr @handlers, i64 %index
  %handler = load ptr, ptr %at
  %r = musttail call i64 %handler(ptr %here, i64 %more)
  ret i64 %r
}
define i64 @stop(ptr %pc, i64 %acc) {
  ret i64 %acc
}
define i64 @unused(ptr %pc, i64 %acc) {
  ret i64 -1
}
declare ptr @inlay_marker_context_pointer(ptr)
