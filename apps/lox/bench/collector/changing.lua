-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Half of the objects live long and hold the other half, which is replaced piece by piece.
local N = 16777215 -- live objects

local function build(count)
  local first
  for i = 0, count - 1, 2 do first = {item = {value = i}, next = first} end
  return first
end

local function check(slots)
  local sum, slot = 0, slots
  while slot do
    sum = sum + slot.item.value
    slot = slot.next
  end
  return sum
end

local function work(slots)
  local turns = 0
  for pass = 1, 3 do
    local slot = slots
    while slot do
      slot.item = {value = slot.item.value + pass}
      turns = turns + 1
      slot = slot.next
    end
  end
  return turns
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
