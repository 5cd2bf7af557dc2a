-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Ackermann's function: recursion some thousands of calls deep.
local N = 120 -- size of a round
local R = 5 -- rounds

local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end

local function round(n)
  local sum = 0
  for i = 0, n - 1 do
    sum = sum + ackermann(2, 60 + i) + ackermann(3, 4)
  end
  return sum
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
