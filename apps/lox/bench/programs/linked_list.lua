-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Lists that are mapped, reversed and folded with functions as arguments.
local N = 350 -- size of a round
local R = 5 -- rounds

local List = {}
List.__index = List

function List.new()
  return setmetatable({first = nil, length = 0}, List)
end

function List:push(value)
  self.first = {value = value, next = self.first}
  self.length = self.length + 1
end

function List:reverse()
  local result, node = nil, self.first
  while node do
    local following = node.next
    node.next = result
    result = node
    node = following
  end
  self.first = result
end

function List:map(f)
  local result, node = List.new(), self.first
  while node do
    result:push(f(node.value))
    node = node.next
  end
  return result
end

function List:fold(f, start)
  local result, node = start, self.first
  while node do
    result = f(result, node.value)
    node = node.next
  end
  return result
end

local function add(a, b)
  return a + b
end

local function round(n)
  local list = List.new()
  for i = 0, 999 do list:push(i) end
  local sum = 0
  for i = 0, n - 1 do
    list:reverse()
    sum = sum + list:map(function(x) return x + i end):fold(add, 0) + list.first.value
  end
  return sum + list.length
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
