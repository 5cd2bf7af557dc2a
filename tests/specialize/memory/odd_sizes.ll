; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Types that do not fill their bytes: what is read of their bytes as another type is left to LLVM; one that fills its bytes is read
; as any other type of that size.
; RUN: specialize @f(_)
; CHECK: store i1 true, ptr %state
; CHECK-NEXT: %byte = load i8, ptr %state
; CHECK: store i20 -1, ptr
; CHECK: %bytes = load i24, ptr
; CHECK: store <4 x i1>
; CHECK: %lanes = load i8, ptr
; CHECK: store <3 x i8>
; CHECK-NOT: load
; CHECK: store i64 197121, ptr @d
define i64 @f(ptr %state) {
entry:
  %p1 = getelementptr i8, ptr %state, i64 8
  %p2 = getelementptr i8, ptr %state, i64 16
  %p3 = getelementptr i8, ptr %state, i64 24
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i1 true, ptr %state
  %byte = load i8, ptr %state
  store i20 -1, ptr %p1
  %bytes = load i24, ptr %p1
  store <4 x i1> <i1 true, i1 false, i1 true, i1 true>, ptr %p2
  %lanes = load i8, ptr %p2
  store <3 x i8> <i8 1, i8 2, i8 3>, ptr %p3
  %three = load i24, ptr %p3
  %a = zext i8 %byte to i64
  %b = zext i24 %bytes to i64
  %c = zext i8 %lanes to i64
  %d = zext i24 %three to i64
  store i64 %a, ptr @a
  store i64 %b, ptr @b
  store i64 %c, ptr @c
  store i64 %d, ptr @d
  ret i64 0
}
@a = global i64 0
@b = global i64 0
@c = global i64 0
@d = global i64 0
declare i64 @inlay_marker_context_word(i64)
