; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; An interpreter, all the way: the report lists each instruction of the program with its opcode, the state that was
; declared is in registers, and no hint is left.
; RUN: compile @f(_, i64 0)
; CHECK: define i64 @entry(ptr %"argument 1")
; CHECK-NOT: inlay_marker
; CHECK: [[ACC:%.*]] = load i64, ptr
; CHECK: [[A:%.*]] = add i64 [[ACC]], 1
; CHECK: [[B:%.*]] = mul i64 [[A]], 2
; CHECK-NOT: load
; CHECK: store i64 [[B]], ptr
; CHECK-NEXT: ret i64 2
; CHECK: guest: at 0, opcode 43, 3 blocks
; CHECK: guest: at 1, opcode 42
; CHECK: guest: at 2, opcode 46
; CHECK-NOT: remark
; EMBED
@program = constant [3 x i8] c"+*."
define i64 @f(ptr %vm, i64 %start) {
entry:
  call void @inlay_marker_virtual_state(ptr %vm, i64 8)
  br label %loop
loop:
  %pc = phi i64 [ %start, %entry ], [ %next, %plus ], [ %next, %times ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %decode
decode:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  %next = add i64 %here, 1
  switch i8 %op, label %bad [ i8 43, label %plus
                              i8 42, label %times
                              i8 46, label %stop ]
plus:
  %a = load i64, ptr %vm
  %sum = add i64 %a, 1
  store i64 %sum, ptr %vm
  br label %loop
times:
  %m = load i64, ptr %vm
  %product = mul i64 %m, 2
  store i64 %product, ptr %vm
  br label %loop
stop:
  ret i64 %here
bad:
  unreachable
}
declare i64 @inlay_marker_context_word(i64)
declare void @inlay_marker_virtual_state(ptr, i64)
