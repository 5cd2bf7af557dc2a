; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A recursion that counts down is unrolled by its known number; with a limit on depth, the rest is the original, and the
; report says so.
; RUN: compile @power(_, i64 3)
; RUN: compile @power(_, i64 3) depth=2
; CHECK-LABEL: ==== compile @power(_, i64 3){{$}}
; CHECK: define i64 @entry(i64 %"argument 1")
; CHECK-COUNT-3: mul i64
; CHECK-NOT: call
; CHECK-NOT: remark
; CHECK-LABEL: depth=2
; CHECK: call i64 @power(i64 %"argument 1", i64 1)
; CHECK: remark: [budget] power: it is nested deeper than 2 calls
define i64 @power(i64 %x, i64 %n) {
entry:
  %c = icmp eq i64 %n, 0
  br i1 %c, label %one, label %more
one:
  ret i64 1
more:
  %m = sub i64 %n, 1
  %p = call i64 @power(i64 %x, i64 %m)
  %r = mul i64 %p, %x
  ret i64 %r
}
