; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Only arithmetic intrinsics are calls that fold. A library function's result is the host library's business, and what
; has an effect, asks the machine or is assembly happens when the code runs.
; RUN: fold @f
define void @f() {
; CHECK: %max = i32 9
  %max = call i32 @llvm.smax.i32(i32 -3, i32 9)
; CHECK-NEXT: %abs = stays
  %abs = call i32 @abs(i32 -3)
; CHECK-NEXT: %length = stays
  %length = call i64 @strlen(ptr @text)
; CHECK-NEXT: %clock = stays
  %clock = call i64 @llvm.readcyclecounter()
; CHECK-NEXT: %assembly = stays
  %assembly = call i32 asm "mov $1, $0", "=r,i"(i32 1)
; CHECK-NEXT: %constant = stays
  %constant = call i1 @llvm.is.constant.i32(i32 %assembly)
; CHECK-NEXT: %frame = stays
  %frame = call ptr @llvm.frameaddress.p0(i32 0)
; CHECK-NEXT: %own = stays
  %own = call i32 @one()
  ret void
}
@text = constant [3 x i8] c"ab\00"
define i32 @one() { ret i32 1 }
declare i32 @abs(i32)
declare i64 @strlen(ptr)
