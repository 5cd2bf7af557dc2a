-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- How long points of a square stay near: floating-point arithmetic in local variables.
local N = 440 -- size of a round
local R = 5 -- rounds

local function steps(cx, cy, most)
  local x, y = 0.0, 0.0
  for count = 0, most - 1 do
    local xx, yy = x * x, y * y
    if xx + yy > 4 then return count end
    y = 2 * x * y + cy
    x = xx - yy + cx
  end
  return most
end

local function round(n)
  local sum = 0
  for row = 0, n - 1 do
    for column = 0, n - 1 do
      sum = sum + steps(3 * column / n - 2.1, 2.5 * row / n - 1.25, 100)
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
