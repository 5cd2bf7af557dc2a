-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A loop that works with global variables and calls global functions, as small scripts do.
local N = 4500000 -- size of a round
local R = 5 -- rounds

local total, step, turns = 0, 1, 0

local function advance()
  total = total + step
  step = step + 2
  if step > 1000 then
    step = 1
    turns = turns + 1
  end
end

local function round(n)
  total, step, turns = 0, 1, 0
  for _ = 1, n do advance() end
  return total * 10 + turns
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
