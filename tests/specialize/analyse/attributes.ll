; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What a function was said to access through an argument, it accesses through a symbol once that argument is a constant.
; Attributes that say so go; others, the calling convention and the personality stay.
; RUN: specialize @f(ptr @data, _)
; CHECK-LABEL: ==== specialize
; CHECK-NOT: memory(
; CHECK: define internal fastcc i32 @f.special(i32 noundef %i)
; CHECK-NOT: memory(
; CHECK-SAME: personality ptr @__gxx_personality_v0
; CHECK: getelementptr i32, ptr @data, i32 %i
@data = global [4 x i32] zeroinitializer
declare i32 @__gxx_personality_v0(...)
define fastcc i32 @f(ptr readonly %p, i32 noundef %i) memory(argmem: read) personality ptr @__gxx_personality_v0 {
  %at = getelementptr i32, ptr %p, i32 %i
  %v = load i32, ptr %at
  ret i32 %v
}
