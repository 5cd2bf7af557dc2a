-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- One list lives, the worst shape to follow; closures and strings are made and dropped beside it.
local N = 16777215 -- live objects

local function build(count)
  local first
  for i = 0, count - 1 do first = {value = i, next = first, more = nil} end
  return first
end

local function check(list)
  local sum, node = 0, list
  while node do
    sum = sum + node.value
    node = node.next
  end
  return sum
end

local function counter(start)
  local count = start
  return function()
    count = count + 1
    return count
  end
end

local function work(list, n)
  local sum, text = 0, "t"
  for i = 0, n - 1, 4 do
    sum = sum + counter(i)()
    if text .. "a" == "ta" then sum = sum + 1 end
    if text .. "b" == text then sum = sum + 1 end
  end
  return sum
end

local start = os.clock()
local live = build(N)
local seconds = os.clock() - start
print(string.format("%.17g", check(live)))
print(seconds)

start = os.clock()
local sum = work(live, N)
seconds = os.clock() - start
print(string.format("%.17g", sum + check(live)))
print(seconds)
