; Sorts n numbers of a generator with heapsort, in functions, and prints a checksum of the order.
.memory 800000
.arguments 20000
.function main 1
  mov r2, r0
  call r1, fill
  mov r2, r0
  call r1, heapsort
  mov r2, r0
  call r1, checksum
  print r1
  ret r1

.function fill 1
  loadi r1, 0
  loadi r2, 42
  loadk r3, 6364136223846793005
  loadk r4, 1442695040888963407
  loadi r5, 0
next:
  jle r0, r1, done
  mul r2, r2, r3
  add r2, r2, r4
  shri r6, r2, 33
  stx r6, r5, r1
  addi r1, r1, 1
  jmp next
done:
  ret r1

.function sift 2            ; (root, end)
  loadi r2, 0
  ldx r3, r2, r0            ; what sinks
next:
  shli r4, r0, 1
  addi r4, r4, 1            ; left child
  jle r1, r4, done
  ldx r5, r2, r4
  addi r6, r4, 1
  jle r1, r6, larger
  ldx r7, r2, r6
  jle r7, r5, larger
  mov r5, r7
  mov r4, r6
larger:
  jle r5, r3, done
  stx r5, r2, r0
  mov r0, r4
  jmp next
done:
  stx r3, r2, r0
  ret r0

.function heapsort 1
  shri r1, r0, 1
build:
  jeqi r1, 0, built
  addi r1, r1, -1
  mov r3, r1
  mov r4, r0
  call r2, sift
  jmp build
built:
  mov r1, r0
  loadi r5, 0
extract:
  jlti r1, 2, done
  addi r1, r1, -1
  ldx r6, r5, r1
  ldx r7, r5, r5            ; the largest, at index 0
  stx r7, r5, r1
  stx r6, r5, r5
  mov r3, r5
  mov r4, r1
  call r2, sift
  jmp extract
done:
  ret r0

.function checksum 1
  loadi r1, 0
  loadi r2, 0
  loadi r3, 0
  loadi r4, -1              ; the number before
next:
  jle r0, r1, done
  ldx r5, r3, r1
  jlt r5, r4, wrong
  mov r4, r5
  muli r2, r2, 31
  add r2, r2, r5
  addi r1, r1, 1
  jmp next
wrong:
  loadi r2, -1
done:
  ret r2
