; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; An exception is thrown in the middle of a call: in the landing pad, what the call may have written is as unknown as
; where it returns, and the function's own variable is as known. A context may be found there: interpreters catch.
; RUN: specialize @f(_)
; CHECK: to label %fine unwind label %caught
; CHECK: caught:
; CHECK-NEXT: %e = landingpad { ptr, i32 }
; CHECK-NEXT: catch ptr null
; CHECK-NEXT: %a = load i64, ptr %state
; CHECK-NEXT: br label %handled
; CHECK: handled:
; CHECK-NEXT: %r = add i64 %a, 7
; CHECK-NEXT: ret i64 %r
; CHECK: fine:
; CHECK-NEXT: %b = load i64, ptr %state
; CHECK-NEXT: %s = add i64 %b, 7
; CHECK: contexts: 2
; CHECK-NOT: exit
define i64 @f(ptr %state) personality ptr @__gxx_personality_v0 {
entry:
  %own = alloca i64
  %pc = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  store i64 1, ptr %state
  store i64 7, ptr %own
  invoke void @throws() to label %fine unwind label %caught
fine:
  %b = load i64, ptr %state
  %c = load i64, ptr %own
  %s = add i64 %b, %c
  ret i64 %s
caught:
  %e = landingpad { ptr, i32 } catch ptr null
  %a = load i64, ptr %state
  %o = load i64, ptr %own
  %at = call i64 @inlay_marker_context_word(i64 %o)
  br label %handled
handled:
  %r = add i64 %a, %at
  ret i64 %r
}
declare void @throws()
declare i32 @__gxx_personality_v0(...)
declare i64 @inlay_marker_context_word(i64)
