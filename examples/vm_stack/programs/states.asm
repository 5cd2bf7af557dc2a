; A machine of four states with a table of jumps, one state of which calls a function that it picks as it runs, and
; another of which jumps to a byte that it has computed.
.arguments 300000
.function main n | decides sum
  push 12345
  store decides
  load n
  jz done
next:
  load decides
  push 1103515245
  mul
  push 12345
  add
  push 2147483647
  and
  tee decides
  push 16
  shr
  push 3
  and
  table zero, one, two
  load decides              ; three, which the table lacks
  push 20
  shr
  push 1
  and
  push 3                    ; the bytes of one `inc`
  mul
  push threes
  add
  jmpi
threes:
  inc sum -3
  inc sum -5                ; begins 3 bytes later
  jmp more
zero:
  inc sum 1
  jmp more
one:
  load2 sum decides
  xor
  store sum
  jmp more
two:
  load sum
  load decides
  push 18
  shr
  push 1
  and
  push twice
  add
  calli                     ; twice(sum) or less(sum)
  store sum
more:
  loop n, next
done:
  load sum
  dup
  print
  ret

.function twice x
  load2 x x
  add
  push 1099511627775
  and
  ret

.function less x
  load x
  addi -7
  ret
