; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The heart of it: an interpreter over a constant program becomes the program. Each context has its own copy of the
; loop; no instruction is read, nothing is decided, and no hint is left.
; RUN: analyse @f(i64 0, _)
; RUN: specialize @f(i64 0, _)
; CHECK-LABEL: analyse
; CHECK: 2: decode, i64 0, pins (%here = i64 0), known (%here = i64 0) -> - 3 - -
; CHECK: 5: decode, i64 1, pins (%here = i64 1), known (%here = i64 1) -> - - 6 -
; CHECK: 8: decode, i64 2, pins (%here = i64 2), known (%here = i64 2) -> - 9 - -
; CHECK: 11: decode, i64 3, pins (%here = i64 3), known (%here = i64 3) -> - - - 12
; CHECK: contexts: 4, pins: {{[0-9]+}}
; CHECK-LABEL: ==== specialize
; CHECK-NOT: @program
; CHECK-NOT: switch
; CHECK-NOT: inlay_marker
; CHECK: [[X:%.*]] = phi i64 [ %x, %entry ]
; CHECK: [[A:%.*]] = add i64 [[X]], 1
; CHECK: [[B:%.*]] = phi i64 [ [[A]], %plus ]
; CHECK: [[C:%.*]] = mul i64 [[B]], 2
; CHECK: [[D:%.*]] = phi i64 [ [[C]], %times ]
; CHECK: [[E:%.*]] = add i64 [[D]], 1
; CHECK: [[F:%.*]] = phi i64 [ [[E]], %
; CHECK: ret i64 [[F]]
; CHECK: contexts: 4, pins: {{[0-9]+}}
@program = constant [4 x i8] c"+*+."
define i64 @f(i64 %start, i64 %x) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ %start, %entry ], [ %next, %plus ], [ %next, %times ]
  %acc = phi i64 [ %x, %entry ], [ %sum, %plus ], [ %product, %times ]
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
  %sum = add i64 %acc, 1
  br label %loop
times:
  %product = mul i64 %acc, 2
  br label %loop
stop:
  ret i64 %acc
bad:
  unreachable
}
declare i64 @inlay_marker_context_word(i64)
