; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; An interpreter that calls itself for guest calls, with the function's place from the program: each guest function
; becomes a function, called directly with its own arguments; a recursion of the guest is one of the code.
;   0: call 2   1: return   2: call 2 if below 10, adding 1   3: return
; RUN: compile @run(i64 0, _)
; CHECK: define i64 @entry
; CHECK-NOT: switch
; CHECK: call i64 @run.special{{[^(]*}}(i64 %
; CHECK: define internal i64 @run.special{{.*}}(i64
; CHECK: icmp ult i64
; CHECK: call i64 @run.special
; CHECK: guest: at 0, opcode 99
; CHECK: guest: at 1, opcode 114
; CHECK: guest: at 2, opcode 63
; CHECK: guest: at 3, opcode 114
; EMBED
@program = constant [4 x i8] c"cr?r"
define i64 @run(i64 %start, i64 %x) {
entry:
  br label %loop
loop:
  %pc = phi i64 [ %start, %entry ], [ %next, %calls ], [ %next, %test ], [ %next, %again ]
  %acc = phi i64 [ %x, %entry ], [ %r, %calls ], [ %acc, %test ], [ %s, %again ]
  %here = call i64 @inlay_marker_context_word(i64 %pc)
  br label %go
go:
  %at = getelementptr i8, ptr @program, i64 %here
  %op = load i8, ptr %at
  %next = add i64 %here, 1
  switch i8 %op, label %bad [ i8 99, label %calls
                              i8 63, label %test
                              i8 114, label %returns ]
calls:
  %r = call i64 @run(i64 2, i64 %acc)
  br label %loop
test:
  %c = icmp ult i64 %acc, 10
  br i1 %c, label %again, label %loop
again:
  %more = add i64 %acc, 1
  %s = call i64 @run(i64 2, i64 %more)
  br label %loop
returns:
  ret i64 %acc
bad:
  unreachable
}
declare i64 @inlay_marker_context_word(i64)
