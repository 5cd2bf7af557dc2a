; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A store through an unknown pointer makes unknown what it may reach: what lies behind arguments and in stack variables
; whose address got out, not a stack variable that nothing else can know of.
; RUN: specialize @f(_)
; CHECK: store i64 9, ptr %q
; CHECK-NEXT: [[STATE:%.*]] = load i64, ptr %state
; CHECK-NEXT: [[SHARED:%.*]] = load i64, ptr %shared
; CHECK-NEXT: %x = add i64 [[STATE]], [[SHARED]]
; CHECK-NEXT: %y = add i64 %x, 3
; CHECK-NEXT: ret i64 %y
define i64 @f(ptr %state) {
entry:
  %own = alloca i64
  %shared = alloca i64
  %q = call ptr @look(ptr %shared)
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i64 1, ptr %state
  store i64 2, ptr %shared
  store i64 3, ptr %own
  store i64 9, ptr %q
  %a = load i64, ptr %state
  %b = load i64, ptr %shared
  %c = load i64, ptr %own
  %x = add i64 %a, %b
  %y = add i64 %x, %c
  ret i64 %y
}
declare ptr @look(ptr)
declare i64 @inlay_marker_context_word(i64)
