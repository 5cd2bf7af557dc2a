; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Loads from constant globals of the runtime fold, in any size that the bytes allow; nothing else in memory does.
; RUN: fold @f
%pair = type { i8, i32 }
@numbers = constant [3 x i32] [i32 10, i32 20, i32 30]
@padded = constant %pair { i8 1, i32 2 }
@partly = constant [2 x i32] [i32 1, i32 undef]
@pointers = constant [2 x ptr] [ptr @numbers, ptr @f]
@real = constant double 1.5
@bit = constant i1 true
@variable = global i32 7
@outside = external constant i32
@local = thread_local constant i32 5
define void @f() {
; CHECK: %number = i32 20
  %number = load i32, ptr getelementptr (i8, ptr @numbers, i64 4)
; CHECK-NEXT: %byte = i8 20
  %byte = load i8, ptr getelementptr (i8, ptr @numbers, i64 4)
; CHECK-NEXT: %two = i64 85899345930
  %two = load i64, ptr @numbers
; CHECK-NEXT: %vector = <2 x i32> <i32 10, i32 20>
  %vector = load <2 x i32>, ptr @numbers
; CHECK-NEXT: %unaligned = i32 335544320
  %unaligned = load i32, ptr getelementptr (i8, ptr @numbers, i64 1), align 1
; CHECK-NEXT: %field = i32 2
  %field = load i32, ptr getelementptr (%pair, ptr @padded, i64 0, i32 1)
; CHECK-NEXT: %pointer = ptr @numbers
  %pointer = load ptr, ptr @pointers
; CHECK-NEXT: %through = i32 10
  %through = load i32, ptr %pointer
; CHECK-NEXT: %function = ptr @f
  %function = load ptr, ptr getelementptr (i8, ptr @pointers, i64 8)
; CHECK-NEXT: %real = double 1.500000e+00
  %real = load double, ptr @real
; CHECK-NEXT: %as_integer = i64 4609434218613702656
  %as_integer = load i64, ptr @real
; CHECK-NEXT: %bit = i1 true
  %bit = load i1, ptr @bit
; Bytes between or beside the values are zero, as in the data of the native code.
; CHECK-NEXT: %padding = i64 8589934593
  %padding = load i64, ptr @padded
; CHECK-NEXT: %partly_undef = i64 1
  %partly_undef = load i64, ptr @partly

; CHECK-NEXT: %undef = stays
  %undef = load i32, ptr getelementptr (i8, ptr @partly, i64 4)
; CHECK-NEXT: %behind = stays
  %behind = load i32, ptr getelementptr (i8, ptr @numbers, i64 12)
; CHECK-NEXT: %in_front = stays
  %in_front = load i32, ptr getelementptr (i8, ptr @numbers, i64 -4)
; CHECK-NEXT: %variable = stays
  %variable = load i32, ptr @variable
; CHECK-NEXT: %outside = stays
  %outside = load i32, ptr @outside
; CHECK-NEXT: %volatile = stays
  %volatile = load volatile i32, ptr @numbers
; CHECK-NEXT: %atomic = stays
  %atomic = load atomic i32, ptr @numbers seq_cst, align 4
; CHECK-NEXT: %code = stays
  %code = load i8, ptr @f
; CHECK-NEXT: %null = stays
  %null = load i32, ptr null
; CHECK-NEXT: %exchanged = stays
  %exchanged = atomicrmw add ptr @numbers, i32 1 seq_cst
; CHECK-NEXT: %compared = stays
  %compared = cmpxchg ptr @numbers, i32 1, i32 2 seq_cst seq_cst
; CHECK-NEXT: %stack = stays
  %stack = alloca i32
; CHECK-NEXT: %fresh = stays
  %fresh = load i32, ptr %stack
  ret void
}
