; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Within one context a block may have several versions, one for each value of its pins; with fewer versions allowed, pins
; that the contexts do not come from go, and what they told apart is read when the code runs.
; RUN: specialize @f(_)
; RUN: specialize @f(_) versions=1
; CHECK-LABEL: ==== specialize @f(_){{$}}
; CHECK-DAG: call void @one()
; CHECK-DAG: call void @two()
; CHECK-DAG: call void @three()
; CHECK: contexts: 1, pins: {{[1-9]}}
; CHECK-LABEL: versions=1
; CHECK: call void %handler()
; CHECK: contexts: 1, pins: {{[0-9]+}}
@handlers = constant [3 x ptr] [ptr @one, ptr @two, ptr @three]
declare void @one()
declare void @two()
declare void @three()
define i64 @f(i32 %n) {
entry:
  %here = call i64 @inlay_marker_context_word(i64 0)
  br label %go
go:
  switch i32 %n, label %a [ i32 1, label %b
                            i32 2, label %c ]
a:
  br label %joined
b:
  br label %joined
c:
  br label %joined
joined:
  %which = phi i64 [ 0, %a ], [ 1, %b ], [ 2, %c ]
  %at = getelementptr ptr, ptr @handlers, i64 %which
  %handler = load ptr, ptr %at
  call void %handler()
  ret i64 %here
}
declare i64 @inlay_marker_context_word(i64)
