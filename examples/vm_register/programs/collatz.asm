; The longest Collatz sequence among n numbers that a linear congruential generator makes, and what they add up to.
.arguments 200000
.function main 1
  loadk r1, 6364136223846793005
  loadk r2, 1442695040888963407
  loadi r3, 1               ; the generator's state
  loadi r4, 0               ; longest
  loadi r5, 0               ; total
  jlti r0, 1, done
again:
  mul r3, r3, r1
  add r3, r3, r2
  shri r6, r3, 44           ; 20 bits
  addi r6, r6, 1
  loadi r7, 0               ; steps
step:
  jeqi r6, 1, counted
  andi r8, r6, 1
  jz r8, even
  muli r6, r6, 3
  addi r6, r6, 1
  addi r7, r7, 1
  jmp step
even:
  shri r6, r6, 1
  addi r7, r7, 1
  jmp step
counted:
  add r5, r5, r7
  jle r7, r4, next
  mov r4, r7
next:
  loop r0, again
done:
  print r4
  print r5
  ret r5
