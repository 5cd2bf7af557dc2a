; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Floating point folds where the result is the same on every machine. What LLVM may round in one way or another (fast
; flags) or give any payload (a NaN that an operation makes) stays: the unspecialized code decides, to the last bit.
; RUN: fold @f
define void @f() {
; CHECK: %add = double 3.750000e+00
  %add = fadd double 1.5, 2.25
; CHECK-NEXT: %third = float 0x3FD5555560000000
  %third = fdiv float 1.0, 3.0
; CHECK-NEXT: %neg = double -3.750000e+00
  %neg = fneg double %add
; CHECK-NEXT: %negative_zero = double -0.000000e+00
  %negative_zero = fneg double 0.0
; CHECK-NEXT: %less = i1 true
  %less = fcmp olt double %neg, %add
; CHECK-NEXT: %unordered = i1 true
  %unordered = fcmp uno double %add, 0x7FF8000000000000
; CHECK-NEXT: %whole = i32 -3
  %whole = fptosi double %neg to i32
; CHECK-NEXT: %double = double -3.000000e+00
  %double = sitofp i32 %whole to double
; CHECK-NEXT: %narrow = float -3.000000e+00
  %narrow = fptrunc double %double to float
; CHECK-NEXT: %bits = i64 4615626668101337088
  %bits = bitcast double %add to i64
; CHECK-NEXT: %abs = double 3.750000e+00
  %abs = call double @llvm.fabs.f64(double %neg)
; CHECK-NEXT: %floor = double -4.000000e+00
  %floor = call double @llvm.floor.f64(double %neg)

; CHECK-NEXT: %nan = stays
  %nan = fdiv double 0.0, 0.0
; CHECK-NEXT: %fast = stays
  %fast = fadd fast double 1.5, 2.25
; CHECK-NEXT: %nsz = stays
  %nsz = fmul nsz double 0.0, -1.0
; CHECK-NEXT: %too_large = stays
  %too_large = fptosi double 1.0e30 to i32
; CHECK-NEXT: %infinite = double 0x7FF0000000000000
  %infinite = fdiv double 1.0, 0.0
; CHECK-NEXT: %strict = stays
  %strict = call double @llvm.experimental.constrained.fadd.f64(double 1.0, double 2.0, metadata !"round.dynamic", metadata !"fpexcept.strict")
; CHECK-NEXT: %library = stays
  %library = call double @sin(double 1.0)
  ret void
}
declare double @sin(double)
