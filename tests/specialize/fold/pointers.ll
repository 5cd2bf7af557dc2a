; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Addresses fold to a symbol and an offset, never to a number. Within one object pointers are in order; two objects are
; only different, since their order may be another one in the next process; and of two names that lie at one address
; LLVM must not say that they differ, so pointers are compared by where they are. A weak symbol may be nowhere.
; RUN: fold @f
@a = constant [4 x i32] [i32 1, i32 2, i32 3, i32 4], align 16
@b = constant [4 x i32] zeroinitializer, align 16
define void @g() { ret void }
declare extern_weak void @maybe()
define void @f() {
; CHECK: %second = ptr getelementptr inbounds nuw (i8, ptr @a, i64 4)
  %second = getelementptr inbounds [4 x i32], ptr @a, i64 0, i64 1
; CHECK-NEXT: %same = i1 true
  %same = icmp eq ptr %second, getelementptr (i8, ptr @a, i64 4)
; CHECK-NEXT: %before = i1 true
  %before = icmp ult ptr @a, %second
; CHECK-NEXT: %null = i1 false
  %null = icmp eq ptr %second, null
; CHECK-NEXT: %other = i1 false
  %other = icmp eq ptr @a, @b
; CHECK-NEXT: %order = stays
  %order = icmp ult ptr @a, @b
; CHECK-NEXT: %neighbour = i1 false
  %neighbour = icmp eq ptr getelementptr (i8, ptr @a, i64 16), @b
; CHECK-NEXT: %weak = stays
  %weak = icmp eq ptr @maybe, null
; CHECK-NEXT: %number = i64 ptrtoint (ptr getelementptr inbounds nuw (i8, ptr @a, i64 4) to i64)
  %number = ptrtoint ptr %second to i64
; CHECK-NEXT: %equal_numbers = i1 false
  %equal_numbers = icmp eq i64 %number, ptrtoint (ptr @b to i64)
; CHECK-NEXT: %low = i64 4
  %low = and i64 %number, 7
; CHECK-NEXT: %beyond_alignment = stays
  %beyond_alignment = and i64 %number, 32
; CHECK-NEXT: %virtual = i64 0
  %virtual = and i64 ptrtoint (ptr @g to i64), 1
; CHECK-NEXT: %page = stays
  %page = icmp ult i64 %number, 4096
; CHECK-NEXT: %back = ptr getelementptr inbounds nuw (i8, ptr @a, i64 4)
  %back = inttoptr i64 %number to ptr
; CHECK-NEXT: %difference = i64 4
  %difference = sub i64 %number, ptrtoint (ptr @a to i64)
  ret void
}
