; Fibonacci numbers by doubly recursive calls.
.arguments 30
.function main 1
  mov r2, r0
  call r1, fib
  print r1
  ret r1

.function fib 1
  jlti r0, 2, small
  addi r2, r0, -1
  call r1, fib              ; r1 = fib(r2)
  addi r4, r0, -2
  call r3, fib
  add r0, r1, r3
small:
  ret r0
