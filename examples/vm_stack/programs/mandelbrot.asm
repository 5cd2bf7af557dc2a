; How many iterations the points of an n by n grid over the Mandelbrot set take, and how far they get in all.
.arguments 160
.function main n | rows columns iterations distances row column real imaginary x y left xx yy distance
  push 2.0
  load n
  itof
  fdiv
  store rows                ; the distance of two rows
  push 3.0
  load n
  itof
  fdiv
  store columns
row_next:
  load2 n row
  jle rows_done
  load row
  itof
  load rows
  fmul
  push 1.0
  fsub
  store imaginary
  push 0
  store column
column_next:
  load2 n column
  jle columns_done
  load column
  itof
  load columns
  fmul
  push 2.0
  fsub
  store real
  push 0.0
  dup
  store x
  store y
  push 100
  store left
iterate:
  load2 x x
  fmul
  tee xx
  load2 y y
  fmul
  tee yy
  fadd
  tee distance
  push 4.0
  swap
  flt                       ; 4 < distance
  jnz escaped
  load2 x y
  fmul
  push 2.0
  fmul
  load imaginary
  fadd
  store y
  load2 xx yy
  fsub
  load real
  fadd
  store x
  inc iterations 1
  loop left, iterate
escaped:
  load2 distances distance
  fadd
  store distances
  inc column 1
  jmp column_next
columns_done:
  inc row 1
  jmp row_next
rows_done:
  load iterations
  print
  load distances
  fprint
  load iterations
  ret
