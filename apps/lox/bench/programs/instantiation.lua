-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Instances that live for a moment, with and without an initializer.
local N = 200000 -- size of a round
local R = 5 -- rounds

local Empty = {}
Empty.__index = Empty

local Pair = {}
Pair.__index = Pair

function Pair.new(left, right)
  return setmetatable({left = left, right = right}, Pair)
end

function Pair:sum()
  return self.left + self.right
end

local function round(n)
  local sum = 0
  for i = 0, n - 1 do
    local empty = setmetatable({}, Empty)
    empty.value = i
    local pair = Pair.new(empty, Pair.new(i, 2))
    sum = sum + pair.left.value + pair.right:sum()
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
