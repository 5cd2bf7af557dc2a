; A machine of four states, each of which goes on through a table of instruction indices in memory: what a `switch` or a
; dispatch of threaded code becomes. One of the states calls a function whose index is computed.
.memory 64
.arguments 300000
.function main 1
  loadi r1, 0               ; the table
  loadi r2, zero
  st r2, r1, 0
  loadi r2, one
  st r2, r1, 8
  loadi r2, two
  st r2, r1, 16
  loadi r2, three
  st r2, r1, 24
  loadi r3, 12345           ; what decides
  loadi r4, 0               ; sum
  loadk r5, 1103515245
  loadk r6, 12345
  loadk r7, 2147483647
next:
  jeqi r0, 0, done
  addi r0, r0, -1
  mul r3, r3, r5
  add r3, r3, r6
  and r3, r3, r7
  shri r8, r3, 16
  andi r8, r8, 3
  ldx r9, r1, r8
  jmpi r9
zero:
  addi r4, r4, 1
  jmp next
one:
  xor r4, r4, r3
  jmp next
two:
  shri r10, r3, 18
  andi r10, r10, 1
  loadi r11, twice
  add r10, r10, r11
  mov r13, r4
  calli r12, r10            ; r12 = twice(r13) or less(r13)
  mov r4, r12
  jmp next
three:
  sub r4, r4, r8
  jmp next
done:
  print r4
  ret r4

.function twice 1
  add r0, r0, r0
  loadk r1, 1099511627775
  and r0, r0, r1
  ret r0

.function less 1
  addi r0, r0, -7
  ret r0
