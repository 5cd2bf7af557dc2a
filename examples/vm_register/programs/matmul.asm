; The product of two n by n matrices of doubles, and the sum of its elements. r0 = n <= 200.
.memory 960000
.arguments 100
.function main 1
  mul r1, r0, r0            ; elements
  loadi r2, 0               ; first matrix at 0, second behind it, result behind that
  shli r3, r1, 3
  shli r4, r1, 4
  loadi r5, 0
  loadk r6, 7
  loadk r7, 0.25
fill:
  jle r1, r5, filled
  rem r8, r5, r6
  itof r8, r8
  fmul r8, r8, r7
  stx r8, r2, r5
  addi r9, r5, 3
  rem r9, r9, r6
  itof r9, r9
  stx r9, r3, r5
  addi r5, r5, 1
  jmp fill
filled:
  loadk r20, 0.0            ; sum
  loadi r10, 0              ; row * n
row:
  jle r1, r10, rows_done
  loadi r11, 0              ; column
column:
  jle r0, r11, columns_done
  loadk r12, 0.0
  mov r13, r10              ; index in the first
  mov r14, r11              ; index in the second
  mov r15, r0
inner:
  ldx r16, r2, r13
  ldx r17, r3, r14
  fmul r16, r16, r17
  fadd r12, r12, r16
  addi r13, r13, 1
  add r14, r14, r0
  loop r15, inner
  add r18, r10, r11
  stx r12, r4, r18
  fadd r20, r20, r12
  addi r11, r11, 1
  jmp column
columns_done:
  add r10, r10, r0
  jmp row
rows_done:
  fprint r20
  ld.w r19, r4, 8           ; the second element of the result
  fprint r19
  ret r0
