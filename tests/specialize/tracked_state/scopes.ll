; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; LLVM is told that accesses to the bytes and those through pointers from elsewhere do not meet. Nothing is said of an
; access at an unknown distance, behind or before the bytes, through a pointer that may be either, or that a call may
; have made of one.
; RUN: tracked-state @f
; CHECK-NOT: inlay_marker
; CHECK: call void @llvm.experimental.noalias.scope.decl
; CHECK: %own = load i64, ptr %second{{.*}}, !alias.scope
; CHECK: %q = load ptr, ptr %other{{.*}}, !noalias
; CHECK: store i64 1, ptr %q{{.*}}, !noalias
; CHECK: store i64 2, ptr %third, align 4{{$}}
; CHECK: store i64 3, ptr %before, align 4{{$}}
; CHECK: store i64 4, ptr %at, align 4{{$}}
; CHECK: store i64 5, ptr %either, align 4{{$}}
; CHECK: store i64 6, ptr %made, align 4{{$}}
; CHECK: store i64 7, ptr %new{{.*}}, !noalias
; CHECK: memcpy{{.*}}%state, ptr %second{{.*}}, !alias.scope
; CHECK: memcpy{{.*}}%state, ptr %q, {{[^!]*$}}
define i64 @f(ptr %state, ptr %other, i64 %i) {
  call void @inlay_marker_tracked_state(ptr %state, i64 16)
  %second = getelementptr i8, ptr %state, i64 8
  %own = load i64, ptr %second
  %q = load ptr, ptr %other
  store i64 1, ptr %q
  %third = getelementptr i8, ptr %state, i64 9
  store i64 2, ptr %third
  %before = getelementptr i8, ptr %state, i64 -8
  store i64 3, ptr %before
  %at = getelementptr i8, ptr %state, i64 %i
  store i64 4, ptr %at
  %c = icmp eq i64 %i, 0
  %either = select i1 %c, ptr %state, ptr %q
  store i64 5, ptr %either
  %made = call ptr @make(ptr %second)
  store i64 6, ptr %made
  %new = call ptr @make(ptr %q)
  store i64 7, ptr %new
  call void @llvm.memcpy.p0.p0.i64(ptr %state, ptr %second, i64 8, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %state, ptr %q, i64 8, i1 false)
  ret i64 %own
}
declare ptr @make(ptr)
declare void @inlay_marker_tracked_state(ptr, i64)
