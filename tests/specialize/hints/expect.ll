; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; expect(): the code behind it knows the value, because a guard looks first. Where it does not hold, the resume function
; goes on with the true value, as the interpreter would.
; RUN: specialize @f(_)
; CHECK: %flag = call i32 @flag()
; CHECK-NEXT: [[HOLDS:%.*]] = icmp eq i32 %flag, 3
; CHECK-NEXT: br i1 [[HOLDS]], label %go, label %unexpected, !prof
; CHECK: go:
; CHECK-NEXT: ret i32 4
; CHECK: unexpected:
; CHECK-NEXT: [[R:%.*]] = call i32 @f.inlay.resume(i32 2, i32 1, ptr %p, i32 %flag)
; CHECK-NEXT: ret i32 [[R]]
define i32 @f(ptr %p) {
entry:
  %flag = call i32 @flag()
  %sure = call i32 @inlay_marker_expect(i32 %flag, i32 3) [ "inlay.place"(i32 2, ptr @f.inlay.resume, ptr %p, i32 %flag) ]
  br label %go
go:
  %r = add i32 %sure, 1
  ret i32 %r
}
define i32 @f.inlay.resume(i32 %place, i32 %depth, ptr %p, i32 %flag) noinline "inlay-resume" {
  ret i32 0
}
declare i32 @flag()
declare i32 @inlay_marker_expect(i32, i32)
