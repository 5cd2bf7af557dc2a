; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Integer arithmetic, shifts, comparisons and casts fold by LLVM's rules, in any width; each result feeds the next one.
; An interpreter decodes its instructions with these: one that stayed would leave every operand unknown.
; RUN: fold @f
define void @f() {
; CHECK: %add = i32 7
  %add = add i32 3, 4
; CHECK-NEXT: %sub = i32 -1
  %sub = sub i32 6, %add
; CHECK-NEXT: %mul = i32 -7
  %mul = mul i32 %sub, %add
; CHECK-NEXT: %sdiv = i32 -3
  %sdiv = sdiv i32 %mul, 2
; CHECK-NEXT: %udiv = i32 2147483644
  %udiv = udiv i32 %mul, 2
; CHECK-NEXT: %srem = i32 -1
  %srem = srem i32 %mul, 2
; CHECK-NEXT: %urem = i32 4
  %urem = urem i32 %mul, 5
; CHECK-NEXT: %shl = i32 112
  %shl = shl i32 %add, 4
; CHECK-NEXT: %lshr = i32 15
  %lshr = lshr i32 %sub, 28
; CHECK-NEXT: %ashr = i32 -1
  %ashr = ashr i32 %sub, 28
; CHECK-NEXT: %and = i32 5
  %and = and i32 %add, 13
; CHECK-NEXT: %or = i32 15
  %or = or i32 %add, 8
; CHECK-NEXT: %xor = i32 -8
  %xor = xor i32 %add, -1
; CHECK-NEXT: %wraps = i8 -128
  %wraps = add i8 127, 1
; CHECK-NEXT: %wide = i128 18446744073709551616
  %wide = add i128 18446744073709551615, 1
; CHECK-NEXT: %odd = i7 -64
  %odd = add i7 63, 1
; CHECK-NEXT: %trunc = i8 -1
  %trunc = trunc i32 %sub to i8
; CHECK-NEXT: %zext = i32 255
  %zext = zext i8 %trunc to i32
; CHECK-NEXT: %sext = i64 -1
  %sext = sext i8 %trunc to i64
; CHECK-NEXT: %slt = i1 true
  %slt = icmp slt i32 %sub, 0
; CHECK-NEXT: %ult = i1 false
  %ult = icmp ult i32 %sub, 0
; CHECK-NEXT: %ctpop = i32 3
  %ctpop = call i32 @llvm.ctpop.i32(i32 %add)
; CHECK-NEXT: %bswap = i32 117440512
  %bswap = call i32 @llvm.bswap.i32(i32 %add)
; CHECK-NEXT: %fshl = i32 15
  %fshl = call i32 @llvm.fshl.i32(i32 0, i32 %xor, i32 4)
; CHECK-NEXT: %checked = { i32, i1 } { i32 -2147483648, i1 true }
  %checked = call { i32, i1 } @llvm.sadd.with.overflow.i32(i32 2147483647, i32 1)
; CHECK-NEXT: %overflows = i1 true
  %overflows = extractvalue { i32, i1 } %checked, 1
; CHECK-NEXT: %saturates = i8 127
  %saturates = call i8 @llvm.sadd.sat.i8(i8 100, i8 100)
  ret void
}
