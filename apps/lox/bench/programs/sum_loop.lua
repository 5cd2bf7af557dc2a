-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Loops in loops, with arithmetic and comparisons of local variables.
local N = 3600 -- size of a round
local R = 5 -- rounds

local function round(n)
  local sum, odd = 0, false
  for i = 0, n - 1 do
    for j = i, n - 1 do
      local product = i * 3 + j
      if odd then
        sum = sum + product
      else
        sum = sum - product / 2
      end
      odd = not odd
    end
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
