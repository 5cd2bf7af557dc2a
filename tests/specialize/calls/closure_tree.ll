; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; All of the evaluator on a tree of closures: each node's function is called through a pointer in constant memory, becomes
; direct, is specialized for its node, and all of them end in one function without a call.
; RUN: compile @eval(ptr @sum, _)
; CHECK: define i64 @entry(i64 %"argument 2")
; CHECK-NOT: call
; CHECK: mul i64 %"argument 2", %"argument 2"
; CHECK-NOT: call
; CHECK: ret i64
; CHECK-NOT: define
; CHECK-NOT: remark
%node = type { ptr, ptr, ptr }
@sum = constant %node { ptr @add, ptr @square, ptr @seven }
@square = constant %node { ptr @multiply, ptr @variable, ptr @variable }
@seven = constant %node { ptr @constant, ptr inttoptr (i64 7 to ptr), ptr null }
@variable = constant %node { ptr @argument, ptr null, ptr null }
define i64 @eval(ptr %n, i64 %x) {
  %f = load ptr, ptr %n
  %r = call i64 %f(ptr %n, i64 %x)
  ret i64 %r
}
define i64 @add(ptr %n, i64 %x) {
  %lp = getelementptr %node, ptr %n, i64 0, i32 1
  %l = load ptr, ptr %lp
  %rp = getelementptr %node, ptr %n, i64 0, i32 2
  %r = load ptr, ptr %rp
  %a = call i64 @eval(ptr %l, i64 %x)
  %b = call i64 @eval(ptr %r, i64 %x)
  %s = add i64 %a, %b
  ret i64 %s
}
define i64 @multiply(ptr %n, i64 %x) {
  %lp = getelementptr %node, ptr %n, i64 0, i32 1
  %l = load ptr, ptr %lp
  %rp = getelementptr %node, ptr %n, i64 0, i32 2
  %r = load ptr, ptr %rp
  %a = call i64 @eval(ptr %l, i64 %x)
  %b = call i64 @eval(ptr %r, i64 %x)
  %s = mul i64 %a, %b
  ret i64 %s
}
define i64 @constant(ptr %n, i64 %x) {
  %vp = getelementptr %node, ptr %n, i64 0, i32 1
  %v = load i64, ptr %vp
  ret i64 %v
}
define i64 @argument(ptr %n, i64 %x) {
  ret i64 %x
}
