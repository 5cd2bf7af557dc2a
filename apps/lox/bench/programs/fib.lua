-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Calls of a global function, and nothing else to speak of.
local N = 32 -- size of a round
local R = 5 -- rounds

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local function round(n)
  return fib(n)
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
