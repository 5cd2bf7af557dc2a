-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A queue and a stack with a common superclass, through which numbers pass in turns.
local N = 300000 -- size of a round
local R = 5 -- rounds

local Store = {}
Store.__index = Store

function Store:empty()
  return self.first == nil
end

function Store:take()
  local link = self.first
  self.first = link.next
  self.count = self.count - 1
  return link.value
end

local Stack = setmetatable({}, {__index = Store})
Stack.__index = Stack

function Stack.new()
  return setmetatable({first = nil, count = 0}, Stack)
end

function Stack:put(value)
  self.first = {value = value, next = self.first}
  self.count = self.count + 1
end

local Queue = setmetatable({}, {__index = Store})
Queue.__index = Queue

function Queue.new()
  return setmetatable({first = nil, count = 0, last = nil}, Queue)
end

function Queue:put(value)
  local link = {value = value, next = nil}
  if self:empty() then
    self.first = link
  else
    self.last.next = link
  end
  self.last = link
  self.count = self.count + 1
end

local function pass(from, to, most)
  local sum = 0
  while not from:empty() and to.count < most do
    local value = from:take()
    sum = sum + value * to.count
    to:put(value)
  end
  return sum
end

local function round(n)
  local queue, stack, sum = Queue.new(), Stack.new(), 0
  for i = 0, n - 1 do
    queue:put(i)
    if queue.count >= 64 then
      sum = sum + pass(queue, stack, 40)
      sum = sum + pass(stack, queue, 50)
      while queue.count > 30 do sum = sum + queue:take() end
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
