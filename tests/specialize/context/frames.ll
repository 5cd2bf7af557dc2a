; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; On the way out, a stack variable that nothing else points to is handed over as a copy ("inlay-frame" of the parameter:
; size and alignment), so that it may live in registers until then; a pointer into it is handed over as the same distance
; into the copy ("inlay-into-frame": the variable's number), also where the distance is only known when it runs. A
; variable that others may point to is handed over itself.
; RUN: specialize @f(_, _)
; CHECK: [[COPY:%.*]] = alloca [24 x i8], align 8
; CHECK: %moves = alloca [3 x i64], align 8
; CHECK: %stays = alloca i64
; CHECK: %into = getelementptr i8, ptr %moves, i64 %i
; CHECK: call void @llvm.memcpy.p0.p0.i64(ptr align 8 [[COPY]], ptr align 8 %moves, i64 24, i1 false)
; CHECK: [[FIXED:%.*]] = getelementptr i8, ptr [[COPY]], i64 16
; CHECK: [[TO:%.*]] = ptrtoint ptr %into to i64
; CHECK-NEXT: [[FROM:%.*]] = ptrtoint ptr %moves to i64
; CHECK-NEXT: [[DISTANCE:%.*]] = sub i64 [[TO]], [[FROM]]
; CHECK-NEXT: [[MOVED:%.*]] = getelementptr i8, ptr [[COPY]], i64 [[DISTANCE]]
; CHECK-NEXT: [[R:%.*]] = call i64 @f.inlay.resume(i32 0, i32 1, i64 %jump, i64 %i, ptr {{.*}} [[FIXED]], ptr {{.*}} [[MOVED]], ptr {{.*}} poison, ptr {{.*}} [[COPY]], ptr %stays)
; CHECK-NEXT: ret i64 [[R]]
define i64 @f(i64 %jump, i64 %i) {
entry:
  %moves = alloca [3 x i64]
  %stays = alloca i64
  call void @look(ptr %stays)
  %fixed = getelementptr i8, ptr %moves, i64 16
  %into = getelementptr i8, ptr %moves, i64 %i
  store i64 4, ptr %fixed
  store i64 5, ptr %into
  br label %hint
hint:
  %pc = call i64 @inlay_marker_context_word(i64 %jump) [ "inlay.place"(i32 0, ptr @f.inlay.resume, i64 %jump, i64 %i, ptr %fixed, ptr %into, ptr poison, ptr %moves, ptr %stays) ]
  br label %go
go:
  ret i64 %pc
}
define i64 @f.inlay.resume(i32 %place, i32 %depth, i64 %jump, i64 %i, ptr "inlay-into-frame"="7" %fixed, ptr "inlay-into-frame"="7" %into, ptr "inlay-into-frame"="7" %dead, ptr "inlay-frame"="24,8" %moves, ptr %stays) noinline "inlay-resume" {
  ret i64 0
}
declare void @look(ptr)
declare i64 @inlay_marker_context_word(i64)
