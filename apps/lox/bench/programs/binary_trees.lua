-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Many trees of small instances that are built, counted and dropped.
local N = 15 -- size of a round
local R = 5 -- rounds

local Tree = {}
Tree.__index = Tree

function Tree.new(left, right)
  return setmetatable({left = left, right = right}, Tree)
end

function Tree:count()
  if self.left == nil then return 1 end
  return 1 + self.left:count() + self.right:count()
end

local function build(depth)
  if depth == 0 then return Tree.new(nil, nil) end
  return Tree.new(build(depth - 1), build(depth - 1))
end

local function round(n)
  local long_lived, sum, times = build(n), 0, 1
  for depth = n, 4, -2 do
    for _ = 1, times do sum = sum + build(depth):count() end
    times = times * 4
  end
  return sum + long_lived:count()
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
