; How many iterations the points of an n by n grid over the Mandelbrot set take, and how far they get in all.
.arguments 160
.function main 1
  itof r1, r0
  loadk r2, 2.0
  fdiv r3, r2, r1           ; the distance of two rows
  loadk r4, 3.0
  fdiv r4, r4, r1           ; and of two columns
  loadk r5, 4.0
  loadi r6, 0               ; iterations
  loadk r7, 0.0             ; sum of squared distances
  loadi r8, 0               ; row
row:
  jle r0, r8, rows_done
  itof r9, r8
  fmul r9, r9, r3
  loadk r10, -1.0
  fadd r9, r9, r10          ; imaginary part
  loadi r11, 0              ; column
column:
  jle r0, r11, columns_done
  itof r12, r11
  fmul r12, r12, r4
  loadk r13, -2.0
  fadd r12, r12, r13        ; real part
  loadk r14, 0.0
  loadk r15, 0.0
  loadi r16, 100
iterate:
  fmul r17, r14, r14
  fmul r18, r15, r15
  fadd r19, r17, r18
  jflt r5, r19, escaped
  fmul r15, r14, r15
  fmul r15, r15, r2
  fadd r15, r15, r9
  fsub r14, r17, r18
  fadd r14, r14, r12
  addi r6, r6, 1
  loop r16, iterate
escaped:
  fadd r7, r7, r19
  addi r11, r11, 1
  jmp column
columns_done:
  addi r8, r8, 1
  jmp row
rows_done:
  print r6
  fprint r7
  ret r6
