; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A cycle of closures (a loop node that leads back to itself) is found again by its known arguments: the specialized
; function calls itself, and the report names it. No endless specialization.
; RUN: compile @run(ptr @loop, _)
; CHECK: define i64 @entry(i64 %"argument 2")
; CHECK: call i64 @run.special
; CHECK: define internal i64 @run.special{{.*}}(i64 %{{.*}})
; CHECK: call i64 @run.special
; CHECK: remark: [recursion] run: it is being called already; the call goes straight to its specialized code
%node = type { ptr, i64 }
@loop = constant %node { ptr @loop, i64 3 }
define i64 @run(ptr %n, i64 %x) {
entry:
  %c = icmp ult i64 %x, 100
  br i1 %c, label %more, label %done
more:
  %sp = getelementptr %node, ptr %n, i64 0, i32 1
  %step = load i64, ptr %sp
  %y = add i64 %x, %step
  %next = load ptr, ptr %n
  %r = call i64 @run(ptr %next, i64 %y)
  ret i64 %r
done:
  ret i64 %x
}
