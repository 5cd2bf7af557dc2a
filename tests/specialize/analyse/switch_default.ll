; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A switch on a known value that no case names takes its default; on an unknown one every way stays, each with what is
; known there, and one block that several cases lead to is written once, with a phi that lists each edge.
; RUN: specialize @f(i32 9, _)
; RUN: specialize @f(_, i32 5)
; CHECK-LABEL: ==== specialize @f(i32 9, _)
; CHECK: entry:
; CHECK-NEXT: br label %other
; CHECK: other:
; CHECK-NEXT: ret i32 -1
; CHECK-LABEL: ==== specialize @f(_, i32 5)
; CHECK: entry:
; CHECK-NEXT: switch i32 %n, label %other [
; CHECK-NEXT: i32 1, label %join
; CHECK-NEXT: i32 2, label %join
; CHECK-NEXT: i32 3, label %three
; CHECK-NEXT: ]
; CHECK: three:
; CHECK-NEXT: br label %join
; CHECK: join:
; CHECK-NEXT: %r = phi i32 [ 5, %entry ], [ 5, %entry ], [ 6, %three ]
; CHECK-NEXT: ret i32 %r
; CHECK: other:
; CHECK-NEXT: ret i32 -1
define i32 @f(i32 %n, i32 %x) {
entry:
  switch i32 %n, label %other [ i32 1, label %join
                                i32 2, label %join
                                i32 3, label %three ]
three:
  %y = add i32 %x, 1
  br label %join
join:
  %r = phi i32 [ %x, %entry ], [ %x, %entry ], [ %y, %three ]
  ret i32 %r
other:
  ret i32 -1
}
