; Fibonacci numbers by doubly recursive calls.
.arguments 30
.function main n
  load n
  call fib
  dup
  print
  ret

.function fib n
  load n
  push 2
  jlt small
  load n
  addi -1
  call fib
  load n
  addi -2
  call fib
  add
  ret
small:
  load n
  ret
