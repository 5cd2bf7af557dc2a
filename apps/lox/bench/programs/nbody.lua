-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Planets that attract each other: arithmetic on the fields of a few instances in a list.
local N = 36000 -- size of a round
local R = 5 -- rounds

local Body = {}
Body.__index = Body

function Body.new(x, y, z, vx, vy, vz, mass)
  return setmetatable({x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass, next = nil}, Body)
end

-- Newton's method; the start is not far off for the distances here.
local function root(square)
  local x = square / 16 + 4
  for _ = 1, 5 do x = (x + square / x) / 2 end
  return x
end

function Body:attract(other, step)
  local dx, dy, dz = self.x - other.x, self.y - other.y, self.z - other.z
  local square = dx * dx + dy * dy + dz * dz
  local force = step / (square * root(square))
  local mine, others = self.mass * force, other.mass * force
  self.vx = self.vx - dx * others
  self.vy = self.vy - dy * others
  self.vz = self.vz - dz * others
  other.vx = other.vx + dx * mine
  other.vy = other.vy + dy * mine
  other.vz = other.vz + dz * mine
end

function Body:move(step)
  self.x = self.x + step * self.vx
  self.y = self.y + step * self.vy
  self.z = self.z + step * self.vz
end

function Body:energy()
  return self.mass * (self.vx * self.vx + self.vy * self.vy + self.vz * self.vz) / 2
end

local function bodies()
  local sun = Body.new(0, 0, 0, 0, 0, 0, 40)
  sun.next = Body.new(4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04)
  sun.next.next = Body.new(8.3, 4.1, -0.4, -1, 1.8, 0.008, 0.01)
  sun.next.next.next = Body.new(12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.002)
  sun.next.next.next.next = Body.new(15.4, -25.9, 0.2, 1, 0.6, -0.03, 0.002)
  return sun
end

local function round(n)
  local first = bodies()
  for _ = 1, n do
    local a = first
    while a do
      local b = a.next
      while b do
        a:attract(b, 0.001)
        b = b.next
      end
      a = a.next
    end
    a = first
    while a do
      a:move(0.001)
      a = a.next
    end
  end
  local sum, a = 0, first
  while a do
    sum = sum + a:energy()
    a = a.next
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
