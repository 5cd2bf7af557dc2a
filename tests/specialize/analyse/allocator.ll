; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Attributes that count arguments (which one is the size) would count others once arguments are gone.
; RUN: specialize @f(i64 8, _)
; CHECK-LABEL: ==== specialize
; CHECK-NOT: allocsize
; CHECK-NOT: allockind
; CHECK-NOT: alloc-family
; CHECK: define internal ptr @f.special(i64 {{.*}}%n) {
; CHECK-NEXT: %p = call ptr @malloc(i64 %n)
define ptr @f(i64 %unused, i64 %n) allocsize(1) allockind("alloc,uninitialized") "alloc-family"="mine" {
  %p = call ptr @malloc(i64 %n)
  ret ptr %p
}
declare ptr @malloc(i64)
