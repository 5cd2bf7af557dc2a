; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What is known needs no guard, whatever was expected of it: the value decides. And what is expected must be known itself;
; without a place to go on at (no bundle), or a value, expect() does nothing.
; RUN: specialize @f(i32 5, _)
; CHECK-NOT: icmp
; CHECK-NOT: br i1
; CHECK: [[A:%.*]] = add i32 5, %x
; CHECK-NEXT: [[B:%.*]] = add i32 [[A]], %x
; CHECK-NEXT: ret i32 [[B]]
; CHECK-NOT: call
define i32 @f(i32 %known, i32 %x) {
entry:
  %a = call i32 @inlay_marker_expect(i32 %known, i32 3) [ "inlay.place"(i32 0, ptr @f.inlay.resume, i32 %known, i32 %x) ]
  br label %second
second:
  %b = call i32 @inlay_marker_expect(i32 %x, i32 %x) [ "inlay.place"(i32 1, ptr @f.inlay.resume, i32 %known, i32 %x) ]
  br label %third
third:
  %c = call i32 @inlay_marker_expect(i32 %x, i32 3)
  br label %go
go:
  %ab = add i32 %a, %b
  %abc = add i32 %ab, %c
  ret i32 %abc
}
define i32 @f.inlay.resume(i32 %place, i32 %depth, i32 %known, i32 %x) noinline "inlay-resume" {
  ret i32 0
}
declare i32 @inlay_marker_expect(i32, i32)
