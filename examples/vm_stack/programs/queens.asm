; In how many ways n queens fit on a board of n rows: recursion over sets of bits.
.arguments 10
.function main n
  push 1
  load n
  shl
  addi -1
  push 0
  push 0
  push 0
  call place
  dup
  print
  ret

; All columns, and those that are taken: by queens above, and along the two diagonals.
.function place all taken left right | free bit ways
  load2 all taken
  jne search
  push 1
  ret
search:
  load2 taken left
  or
  load right
  or
  not
  load all
  and
  store free
next:
  load free
  jz done
  load free
  dup
  neg
  and
  store bit
  load2 free bit
  xor
  store free
  load all
  load2 taken bit
  or
  load2 left bit
  or
  push 1
  shl
  load2 right bit
  or
  push 1
  shr
  call place
  load ways
  add
  store ways
  jmp next
done:
  load ways
  ret
