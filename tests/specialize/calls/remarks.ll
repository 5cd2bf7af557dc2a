; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What is left is told of, in plain words with its kind: a function that no runtime has, one that its author keeps out, a
; target that only the run knows, one that the evaluator does not take, and the way out of an interpreter.
; RUN: compile @f(_, i64 3)
; CHECK: define i64 @entry(ptr %"argument 1")
; CHECK-DAG: remark: [external] getpid: no runtime that is linked into this program has its body
; CHECK-DAG: remark: [asked-for] kept: it is marked INLAY_NOINLINE
; CHECK-DAG: remark: [asked-for] closed: it is marked INLAY_OPAQUE
; CHECK-DAG: remark: [unknown-target] : the target of this call is not known: it comes in as argument 1 of the compiled function
; CHECK-DAG: remark: [not-evaluable] jumps: it calls a function that returns twice (setjmp)
; CHECK-DAG: remark: [interpreter] loop: where the program goes on is only known when it runs: it is the result of calling getpid; from there the interpreter goes on
; EMBED
define i64 @f(ptr %callback, i64 %x) {
  %a = call i64 @getpid()
  call void @kept(i64 %x)
  call void @closed(i64 %x)
  call void %callback(i64 %x)
  call void @jumps(i64 %x)
  %b = call i64 @loop(i64 %x)
  ret i64 %b
}
declare i64 @getpid()
declare i32 @setjmp(ptr) returns_twice
define void @kept(i64 %x) noinline "inlay-noinline" { ret void }
define void @closed(i64 %x) "inlay-opaque" { ret void }
define void @jumps(i64 %x) {
  %r = call i32 @setjmp(ptr null) returns_twice
  ret void
}
define i64 @loop(i64 %x) {
  %pid = call i64 @getpid()
  %here = call i64 @inlay_marker_context_word(i64 %pid)
  ret i64 %here
}
declare i64 @inlay_marker_context_word(i64)
