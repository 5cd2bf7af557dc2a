-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- One call site, instances of six classes: which method is called changes each time.
local N = 1100000 -- size of a round
local R = 5 -- rounds

local function class(parent)
  local methods = setmetatable({}, {__index = parent})
  methods.__index = methods
  return methods
end

local Shape = class()

function Shape.new(methods, size)
  return setmetatable({size = size, next = nil}, methods)
end

function Shape:area()
  return 0
end

function Shape:weight()
  return self:area() + 1
end

local Square = class(Shape)

function Square:area()
  return self.size * self.size
end

local Circle = class(Shape)

function Circle:area()
  return self.size * self.size * 3.140625
end

local Triangle = class(Shape)

function Triangle:area()
  return self.size * self.size / 2
end

local Ring = class(Circle)

function Ring:area()
  return Circle.area(self) - 1.5
end

local Bar = class(Shape)

function Bar.new(methods, size, width)
  local bar = Shape.new(methods, size)
  bar.width = width
  return bar
end

function Bar:area()
  return self.size * self.width
end

function Bar:weight()
  return self:area() * 2
end

local Point = class(Shape)

local function round(n)
  local first = Square:new(1)
  first.next = Circle:new(2)
  first.next.next = Triangle:new(3)
  first.next.next.next = Ring:new(4)
  first.next.next.next.next = Bar:new(5, 6)
  first.next.next.next.next.next = Point:new(7)
  first.next.next.next.next.next.next = first
  local shape, sum = first, 0
  for _ = 1, n do
    sum = sum + shape:weight()
    shape = shape.next
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
