; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What is stored volatile or atomically is not known afterwards, and a volatile or atomic load is never folded: others may
; have been there. An atomic change makes its place unknown.
; RUN: specialize @f(_)
; CHECK: store volatile i64 1, ptr %state
; CHECK-NEXT: %a = load i64, ptr %state
; CHECK: %b = load volatile i64, ptr
; CHECK: store atomic i64 3, ptr %{{.*}} release
; CHECK: %c = load i64
; CHECK: %d = load atomic i64, ptr %{{.*}} acquire
; CHECK: store i64 5, ptr
; CHECK: %old = atomicrmw add ptr
; CHECK: %e = load i64
define i64 @f(ptr %state) {
entry:
  %p1 = getelementptr i8, ptr %state, i64 8
  %p2 = getelementptr i8, ptr %state, i64 16
  %p3 = getelementptr i8, ptr %state, i64 24
  %p4 = getelementptr i8, ptr %state, i64 32
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store volatile i64 1, ptr %state
  %a = load i64, ptr %state
  store i64 2, ptr %p1
  %b = load volatile i64, ptr %p1
  store atomic i64 3, ptr %p2 release, align 8
  %c = load i64, ptr %p2
  store i64 4, ptr %p3
  %d = load atomic i64, ptr %p3 acquire, align 8
  store i64 5, ptr %p4
  %old = atomicrmw add ptr %p4, i64 1 seq_cst
  %e = load i64, ptr %p4
  %s1 = add i64 %a, %b
  %s2 = add i64 %s1, %c
  %s3 = add i64 %s2, %d
  %s4 = add i64 %s3, %e
  ret i64 %s4
}
declare i64 @inlay_marker_context_word(i64)
