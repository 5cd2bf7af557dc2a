; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Copies keep what is said of one access (its type, its range) and lose what is said of the copies of one block together:
; scopes of noalias would claim that two copies do not alias, and access groups that rounds do not depend on each other.
; RUN: specialize @f(_, i32 1)
; CHECK-NOT: noalias.scope
; CHECK: load i32, ptr %p, align 4, !range
; CHECK-NOT: !noalias
; CHECK-NOT: !alias.scope
; CHECK-NOT: !llvm.access.group
; CHECK: ret i32
define i32 @f(ptr %p, i32 %x) {
  call void @llvm.experimental.noalias.scope.decl(metadata !0)
  %v = load i32, ptr %p, !range !3, !alias.scope !0, !noalias !0, !llvm.access.group !4
  store i32 %x, ptr %p, !noalias !0
  ret i32 %v
}
declare void @llvm.experimental.noalias.scope.decl(metadata)
!0 = !{!1}
!1 = distinct !{!1, !2}
!2 = distinct !{!2}
!3 = !{i32 0, i32 10}
!4 = distinct !{}
