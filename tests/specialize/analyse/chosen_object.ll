; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; c ? a : b, of two known functions: the ways behind the join are kept apart for as long as the choice matters, so
; that each calls its own. An invoke's result that
; several copies define meets again behind them, on the ways where they returned; the landing pad stays.
; RUN: specialize @f(_, _)
; CHECK: br i1 %c, label %a, label %join
; CHECK: join:
; CHECK-NEXT: [[ONE:%.*]] = invoke i32 @one(i32 %x)
; CHECK-NEXT: to label %[[NORMAL_ONE:.*]] unwind label %caught
; CHECK: [[TWO:%.*]] = invoke i32 @two(i32 %x)
; CHECK-NEXT: to label %[[NORMAL_TWO:.*]] unwind label %caught
; CHECK: caught:
; CHECK-NEXT: %e = landingpad { ptr, i32 }
; CHECK-NEXT: cleanup
; CHECK-NEXT: resume { ptr, i32 } %e
; CHECK: out:
; CHECK-NEXT: [[R:%.*]] = phi i32
; CHECK-DAG: [ [[ONE]], %[[NORMAL_ONE]] ]
; CHECK-DAG: [ [[TWO]], %[[NORMAL_TWO]] ]
; CHECK: %s = add i32 [[R]], 1
@children = constant [2 x ptr] [ptr @one, ptr @two]
declare i32 @one(i32)
declare i32 @two(i32)
declare i32 @__gxx_personality_v0(...)
define i32 @f(i1 %c, i32 %x) personality ptr @__gxx_personality_v0 {
entry:
  br i1 %c, label %a, label %join
a:
  br label %join
join:
  %at = phi ptr [ @children, %entry ], [ getelementptr (i8, ptr @children, i64 8), %a ]
  %child = load ptr, ptr %at
  %r = invoke i32 %child(i32 %x) to label %out unwind label %caught
out:
  %s = add i32 %r, 1
  ret i32 %s
caught:
  %e = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %e
}
