; Primes below n, in a byte each.
.memory 1000000
.arguments 1000000
.function main n | candidate primes multiple
  push 2
  store candidate
candidate_next:
  load2 n candidate
  jle done
  load candidate
  ldb 0
  jnz next
  inc primes 1
  load candidate
  dup
  mul
  store multiple
multiple_next:
  load2 n multiple
  jle next
  load multiple
  push 1
  stb 0
  load2 multiple candidate
  add
  store multiple
  jmp multiple_next
next:
  inc candidate 1
  jmp candidate_next
done:
  load primes
  dup
  print
  ret
