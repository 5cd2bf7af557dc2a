; The longest Collatz sequence among n numbers that a linear congruential generator makes, and what they add up to.
.arguments 200000
.function main n | state longest total value steps
  push 1
  store state
  load n
  push 1
  jlt done
again:
  load state
  push 6364136223846793005
  mul
  push 1442695040888963407
  add
  tee state
  push 44                   ; 20 bits
  shr
  addi 1
  store value
  push 0
  store steps
step:
  load value
  push 1
  jeq counted
  inc steps 1
  load value
  push 1
  and
  jz even
  load value
  push 3
  mul
  addi 1
  store value
  jmp step
even:
  load value
  push 1
  shr
  store value
  jmp step
counted:
  load2 total steps
  add
  store total
  load2 steps longest
  jle next
  load steps
  store longest
next:
  loop n, again
done:
  load longest
  print
  load total
  dup
  print
  ret
