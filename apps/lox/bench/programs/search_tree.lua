-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A binary search tree of random keys: insertion, search, walks by a closure.
local N = 50000 -- size of a round
local R = 5 -- rounds

local Node = {}
Node.__index = Node

function Node.new(key)
  return setmetatable({key = key, count = 1, left = nil, right = nil}, Node)
end

function Node:insert(key)
  if key == self.key then
    self.count = self.count + 1
  elseif key < self.key then
    if self.left == nil then self.left = Node.new(key) else self.left:insert(key) end
  else
    if self.right == nil then self.right = Node.new(key) else self.right:insert(key) end
  end
end

function Node:walk(visit)
  if self.left ~= nil then self.left:walk(visit) end
  visit(self)
  if self.right ~= nil then self.right:walk(visit) end
end

local Tree = {}
Tree.__index = Tree

function Tree.new()
  return setmetatable({root = nil}, Tree)
end

function Tree:insert(key)
  if self.root == nil then self.root = Node.new(key) else self.root:insert(key) end
end

function Tree:find(key)
  local node = self.root
  while node ~= nil and node.key ~= key do
    if key < node.key then node = node.left else node = node.right end
  end
  return node
end

-- A sequence that looks random; without a remainder, by subtraction, as the Lox program has to.
local Random = {}
Random.__index = Random

function Random.new(seed)
  return setmetatable({state = seed}, Random)
end

function Random:next()
  local x = self.state * 5 + 7
  while x >= 10007 do x = x - 10007 end
  self.state = x
  return x
end

local function round(n)
  local tree, random = Tree.new(), Random.new(1)
  for _ = 1, n do tree:insert(random:next()) end
  local found = 0
  for key = 0, n - 1 do
    local node = tree:find(key)
    if node ~= nil then found = found + node.count end
  end
  local place, sum = 0, 0
  tree.root:walk(function(node)
    place = place + 1
    sum = sum + place * node.key
  end)
  return sum + found
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
