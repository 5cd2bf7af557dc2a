-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Calls of methods, own and inherited, that change a field.
local N = 280000 -- size of a round
local R = 5 -- rounds

local Switch = {}
Switch.__index = Switch

function Switch.new(on)
  return setmetatable({on = on}, Switch)
end

function Switch:value()
  return self.on
end

function Switch:flip()
  self.on = not self.on
  return self
end

local SlowSwitch = setmetatable({}, {__index = Switch})
SlowSwitch.__index = SlowSwitch

function SlowSwitch.new(on, most)
  return setmetatable({on = on, most = most, count = 0}, SlowSwitch)
end

function SlowSwitch:flip()
  self.count = self.count + 1
  if self.count >= self.most then
    Switch.flip(self)
    self.count = 0
  end
  return self
end

local function round(n)
  local fast, slow, sum = Switch.new(true), SlowSwitch.new(true, 3), 0
  for _ = 1, n do
    if fast:flip():value() then sum = sum + 1 end
    if slow:flip():value() then sum = sum + 2 end
    if slow:flip():value() then sum = sum + 4 end
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
