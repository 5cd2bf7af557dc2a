; Primes below n, in a byte each.
.memory 1000000
.arguments 1000000
.function main 1
  loadi r1, 2
  loadi r2, 0               ; primes
  loadi r3, 1
candidate:
  jle r0, r1, done
  ldb r4, r1, 0
  jnz r4, next
  addi r2, r2, 1
  mul r5, r1, r1
multiple:
  jle r0, r5, next
  stb r3, r5, 0
  add r5, r5, r1
  jmp multiple
next:
  addi r1, r1, 1
  jmp candidate
done:
  print r2
  ret r2
