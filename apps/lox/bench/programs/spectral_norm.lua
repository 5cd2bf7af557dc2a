-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Products of a matrix that is a function with vectors that are lists of cells.
local N = 240 -- size of a round
local R = 5 -- rounds

local function element(i, j)
  return 1 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function vector(n, value)
  local first
  for _ = 1, n do first = {value = value, next = first} end
  return first
end

local function multiply(v, result)
  local i, to = 0, result
  while to do
    local sum, j, from = 0, 0, v
    while from do
      sum = sum + element(i, j) * from.value
      j = j + 1
      from = from.next
    end
    to.value = sum
    i = i + 1
    to = to.next
  end
end

local function multiply_transposed(v, result)
  local i, to = 0, result
  while to do
    local sum, j, from = 0, 0, v
    while from do
      sum = sum + element(j, i) * from.value
      j = j + 1
      from = from.next
    end
    to.value = sum
    i = i + 1
    to = to.next
  end
end

local function round(n)
  local u, v, between = vector(n, 1), vector(n, 0), vector(n, 0)
  for _ = 1, 10 do
    multiply(u, between)
    multiply_transposed(between, v)
    multiply(v, between)
    multiply_transposed(between, u)
  end
  local uv, vv, a, b = 0, 0, u, v
  while b do
    uv = uv + a.value * b.value
    vv = vv + b.value * b.value
    a, b = a.next, b.next
  end
  return uv / vv
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
