-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Steps of the Collatz sequence. Lox has no remainder: a half is whole if rounding leaves it as it is.
local N = 40000 -- size of a round
local R = 5 -- rounds

-- Adding this leaves no bits for a fraction. (Lua has a remainder, but the same algorithm is asked for.)
local rounding = 6755399441055744.0

local function length(start)
  local n, count = start, 0
  while n ~= 1 do
    local half = n / 2
    if half + rounding - rounding == half then
      n = half
    else
      n = 3 * n + 1
    end
    count = count + 1
  end
  return count
end

local function round(n)
  local sum, longest = 0, 0
  for start = 1, n do
    local count = length(start)
    sum = sum + count
    if count > longest then longest = count end
  end
  return sum * 1000 + longest
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
