; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Vectors fold lane by lane; one lane that LLVM may choose freely (undef, poison) keeps the whole value in the code.
; RUN: fold @f
define void @f() {
; CHECK: %add = <2 x i32> <i32 4, i32 6>
  %add = add <2 x i32> <i32 1, i32 2>, <i32 3, i32 4>
; CHECK-NEXT: %lane = i32 6
  %lane = extractelement <2 x i32> %add, i32 1
; CHECK-NEXT: %changed = <2 x i32> <i32 9, i32 6>
  %changed = insertelement <2 x i32> %add, i32 9, i32 0
; CHECK-NEXT: %swapped = <2 x i32> <i32 6, i32 9>
  %swapped = shufflevector <2 x i32> %changed, <2 x i32> zeroinitializer, <2 x i32> <i32 1, i32 0>
; CHECK-NEXT: %mask = <2 x i1> <i1 true, i1 false>
  %mask = icmp slt <2 x i32> %swapped, <i32 7, i32 7>
; CHECK-NEXT: %chosen = <2 x i32> <i32 6, i32 2>
  %chosen = select <2 x i1> %mask, <2 x i32> %swapped, <2 x i32> <i32 1, i32 2>
; CHECK-NEXT: %sum = i32 8
  %sum = call i32 @llvm.vector.reduce.add.v2i32(<2 x i32> %chosen)
; CHECK-NEXT: %words = i64 8589934598
  %words = bitcast <2 x i32> %chosen to i64

; CHECK-NEXT: %free_lane = stays
  %free_lane = insertelement <2 x i32> poison, i32 9, i32 0
; CHECK-NEXT: %lost_lane = stays
  %lost_lane = shufflevector <2 x i32> %add, <2 x i32> poison, <2 x i32> <i32 0, i32 poison>
; CHECK-NEXT: %undef_lane = stays
  %undef_lane = add <2 x i32> <i32 1, i32 undef>, <i32 1, i32 1>
; CHECK-NEXT: %beyond = stays
  %beyond = extractelement <2 x i32> %add, i32 2
; CHECK-NEXT: %trap = stays
  %trap = udiv <2 x i32> <i32 1, i32 1>, <i32 1, i32 0>
  ret void
}
