; Sorts n numbers of a generator with Shell's method, in functions, and prints a checksum of the order.
.memory 800000
.arguments 20000
.function main n
  load n
  call fill
  drop
  load n
  call sort
  drop
  load n
  call checksum
  dup
  print
  ret

.function fill n | i state
  push 42
  store state
next:
  load2 n i
  jle done
  load i
  push 3
  shl
  load state
  push 6364136223846793005
  mul
  push 1442695040888963407
  add
  tee state
  push 33
  shr
  st 0
  inc i 1
  jmp next
done:
  load n
  ret

.function sort n | gap i at step moving other
  load n
  store gap
narrow:
  load gap
  push 1
  sar
  tee gap
  jz done
  load gap
  push 3
  shl
  store step                ; the gap, in bytes
  load gap
  store i
next:
  load2 n i
  jle narrow
  load i
  push 3
  shl
  tee at
  ld 0
  store moving
shift:
  load2 at step
  jlt place
  load2 at step
  sub
  ld 0
  tee other
  load moving
  jle place
  load2 at other
  st 0
  load2 at step
  sub
  store at
  jmp shift
place:
  load2 at moving
  st 0
  inc i 1
  jmp next
done:
  load n
  ret

.function checksum n | i sum before number
  push -1
  store before
next:
  load2 n i
  jle done
  load i
  push 3
  shl
  ld 0
  tee number
  load before
  jlt wrong
  load number
  store before
  load sum
  push 31
  mul
  load number
  add
  store sum
  inc i 1
  jmp next
wrong:
  push -1
  ret
done:
  load sum
  ret
