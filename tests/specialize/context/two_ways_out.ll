; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Several ways out of one function share the copy of a stack variable: only one of them is taken. Each copies the
; variable as it is then.
; RUN: specialize @f(_, _)
; CHECK: [[COPY:%.*]] = alloca [8 x i8], align 8
; CHECK-NOT: alloca [8 x i8]
; CHECK: store i64 2, ptr %moves
; CHECK-NEXT: call void @llvm.memcpy.p0.p0.i64(ptr align 8 [[COPY]], ptr align 8 %moves, i64 8, i1 false)
; CHECK-NEXT: call i64 @f.inlay.resume(i32 1, i32 1, i1 %c, i64 %jump, ptr {{.*}} [[COPY]])
; CHECK: store i64 1, ptr %moves
; CHECK-NEXT: call void @llvm.memcpy.p0.p0.i64(ptr align 8 [[COPY]], ptr align 8 %moves, i64 8, i1 false)
; CHECK-NEXT: call i64 @f.inlay.resume(i32 0, i32 1, i1 %c, i64 %jump, ptr {{.*}} [[COPY]])
define i64 @f(i1 %c, i64 %jump) {
entry:
  %moves = alloca i64
  br i1 %c, label %a, label %b
a:
  store i64 1, ptr %moves
  %pa = call i64 @inlay_marker_context_word(i64 %jump) [ "inlay.place"(i32 0, ptr @f.inlay.resume, i1 %c, i64 %jump, ptr %moves) ]
  br label %a.go
a.go:
  %va = load i64, ptr %moves
  ret i64 %va
b:
  store i64 2, ptr %moves
  %pb = call i64 @inlay_marker_context_word(i64 %jump) [ "inlay.place"(i32 1, ptr @f.inlay.resume, i1 %c, i64 %jump, ptr %moves) ]
  br label %b.go
b.go:
  %vb = load i64, ptr %moves
  ret i64 %vb
}
define i64 @f.inlay.resume(i32 %place, i32 %depth, i1 %c, i64 %jump, ptr "inlay-frame"="8,8" %moves) noinline "inlay-resume" {
  ret i64 0
}
declare i64 @inlay_marker_context_word(i64)
