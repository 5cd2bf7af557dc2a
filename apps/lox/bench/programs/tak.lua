-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Takeuchi's function: calls with three arguments that are calls themselves.
local N = 12 -- size of a round
local R = 5 -- rounds

local function tak(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

local function round(n)
  return tak(n * 2, n, n / 2) * 1000 + tak(n + 4, n - 2, 1)
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
