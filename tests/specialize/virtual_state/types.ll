; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; One place accessed as two types of one size is one variable if the bits of one are the bits of the other; if they are
; not (a flag of one bit, and the byte that it is stored in), it stays in memory.
; RUN: virtual-state @f
; CHECK: slots: 2
; CHECK: inttoptr i64 4609434218613702656 to ptr
; CHECK: store i8 2, ptr %flags
; CHECK: %flag = load i1, ptr %flags
; CHECK: %byte = load i8, ptr %flags
; CHECK: store i64 4609434218613702656, ptr
; CHECK: store i64 4609434218613702656, ptr
define i64 @f(ptr %vm) {
  call void @inlay_marker_virtual_state(ptr %vm, i64 24)
  %n = load i64, ptr %vm
  store double 1.5, ptr %vm
  %bits = load i64, ptr %vm
  %word = getelementptr i8, ptr %vm, i64 8
  store i64 %bits, ptr %word
  %pointer = load ptr, ptr %word
  %number = ptrtoint ptr %pointer to i64
  %flags = getelementptr i8, ptr %vm, i64 16
  store i8 2, ptr %flags
  %flag = load i1, ptr %flags
  %byte = load i8, ptr %flags
  %r = zext i8 %byte to i64
  %s = select i1 %flag, i64 %r, i64 %number
  ret i64 %s
}
declare void @inlay_marker_virtual_state(ptr, i64)
