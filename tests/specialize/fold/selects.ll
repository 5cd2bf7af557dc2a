; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A select needs only the side that is chosen; the other one may be unknown, or worse.
; RUN: fold @f
define void @f() {
; CHECK: %unknown = stays
  %unknown = call i32 @read()
; CHECK-NEXT: %left = i32 1
  %left = select i1 true, i32 1, i32 %unknown
; CHECK-NEXT: %right = i32 2
  %right = select i1 false, i32 poison, i32 2
; CHECK-NEXT: %chosen_unknown = stays
  %chosen_unknown = select i1 true, i32 %unknown, i32 3
; CHECK-NEXT: %chosen_poison = stays
  %chosen_poison = select i1 true, i32 poison, i32 3
; CHECK-NEXT: %condition = stays
  %condition = icmp eq i32 %unknown, 0
; CHECK-NEXT: %undecided = stays
  %undecided = select i1 %condition, i32 4, i32 4
  ret void
}
declare i32 @read()
