-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What changes under hot code: kinds of values, metatables, globals, functions, fields, environments, libraries.
local hot = require "hot"

-- A function that was hot with one kind meets the others, one after the other, and the first again.
local object = setmetatable({}, {
  name = "object",
  __add = function(a, b) return 1000 end, __sub = function() return 2000 end, __mul = function() return 3000 end,
  __lt = function() return true end, __le = function() return false end, __len = function() return 7 end,
  __index = function(_, k) return k end, __call = function(_, x) return x end, __concat = function() return "joined" end,
  __unm = function() return -1 end, __idiv = function() return 12 end, __band = function() return 3 end,
})
local kinds = {5, 2.5, "8", object, 7, -0.0, "text", 3, {}, 1.0, true, 11}
local uses = {
  add = function(a) return a + 1 end,
  sum = function(a) local s = 0 for i = 1, 3 do s = s + a end return s end,
  mixed = function(a) return a * 2 - a end,
  less = function(a) if a < 10 then return "less" end return "not less" end,
  equal = function(a) return a == 5, a == "8", a ~= a, a == true end,
  length = function(a) return #a end,
  index = function(a) return a.x, a[1] end,
  call = function(a) return a(4) end,
  concat = function(a) return a .. "x", 1 .. a end,
  minus = function(a) return -a end,
  floor = function(a) return a // 2, a % 3 end,
  bits = function(a) return a & 3 end,
  loop = function(a) local n = 0 for i = 1, a do n = n + i end return n end,
  logic = function(a) return a and 1 or 2, not a end,
  kind = function(a) return math.type(a), type(a) end,
  key = function(a) local t = {} t[a] = 1 return t[a], next(t) == a end,
}
local names = {"add", "sum", "mixed", "less", "equal", "length", "index", "call", "concat", "minus", "floor", "bits", "loop",
  "logic", "kind", "key"}
for _, name in ipairs(names) do
  local line = {}
  for _, value in ipairs(kinds) do
    local text
    for _ = 1, 150 do text = hot.texts(pcall(uses[name], value)) end
    line[#line + 1] = text
  end
  print(name, table.concat(line, " | "))
end

-- The kind changes in the middle of one loop.
local function sum_of(list)
  local s = list[1]
  for i = 2, #list do s = s + list[i] end
  return s
end
local list = {}
for i = 1, 3000 do list[i] = i end
hot.show("integers", sum_of(list))
list[1500] = 0.5
hot.show("a float", sum_of(list))
list[2000] = "10"
hot.show("a text", sum_of(list))
list[2500] = object
hot.show("an object", sum_of(list))
list[2700] = {}
hot.show("a table", pcall(sum_of, list))
for _, i in ipairs {1500, 2000, 2500, 2700} do list[i] = i end
hot.show("integers again", sum_of(list))
list[2999] = math.maxinteger
hot.show("overflow", sum_of(list))
list[3000] = nil
hot.show("shorter", sum_of(list))

-- Metatables: added, changed, taken away.
local t = {}
local function read() return t.x end
local function add() return t + 1 end
local function compare() return t == {} , t ~= nil end
local log = {}
for i = 1, 4000 do
  if i == 1000 then setmetatable(t, {__index = {x = "table"}, __add = function() return "added" end}) end
  if i == 2000 then getmetatable(t).__index = function() return "function" end end
  if i == 2500 then getmetatable(t).__add = nil end
  if i == 3000 then setmetatable(t, nil) end
  if i == 3500 then t.x = "own" end
  local text = hot.texts(read(), (pcall(add)))
  if log[#log] ~= text then log[#log + 1] = text end
end
print(table.concat(log, " | "))
local point = {}
point.__index = point
point.__eq = function(a, b) return a.v == b.v end
function point.new(v) return setmetatable({v = v}, point) end
local equal = 0
for i = 1, 3000 do
  if point.new(i % 2) == point.new(1) then equal = equal + 1 end
  if i == 2000 then point.__eq = nil end
end
print(equal)

-- Globals, functions and methods that are replaced.
function step(x) return x + 1 end
local function drive(n)
  local s = 0
  for i = 1, n do
    s = step(s)
    if i == 1000 then function step(x) return x + 2 end end
    if i == 2000 then step = math.abs end
    if i == 2500 then step = setmetatable({}, {__call = function(_, x) return x + 0.5 end}) end
  end
  return s
end
hot.show("step", drive(3000))
step = nil
hot.show("step is gone", pcall(drive, 10))
local class = {}
class.__index = class
function class:area() return self.w * self.h end
local rectangle = setmetatable({w = 2, h = 3}, class)
local total = 0
for i = 1, 4000 do
  total = total + rectangle:area()
  if i == 1000 then function class:area() return 1 end end
  if i == 2000 then rectangle.area = function(self) return self.w end end
  if i == 3000 then rectangle.area = nil setmetatable(rectangle, {__index = {area = function() return 0.25 end}}) end
end
hot.show("area", total)
local saved, floor = math.floor, 0
for i = 1, 3000 do
  floor = floor + math.floor(i / 2)
  if i == 1500 then math.floor = function() return 1 end end
end
math.floor = saved
print(floor)
local real_print, printed = print, 0
for i = 1, 2000 do
  if i == 700 then print = function() printed = printed + 1 end end
  if i == 1350 then print = real_print end
  if i % 650 == 0 then print("printed", i) end
end
print(printed)
local f = function(x) return x end
local function call_upvalue(n) local s = 0 for i = 1, n do s = s + f(i) if i == n // 2 then f = function(x) return -x end end end return s end
print(call_upvalue(2000), call_upvalue(2000))

-- Strings lose and regain a method.
local upper, seen = string.upper, {}
for i = 1, 3000 do
  if i == 1000 then string.upper = function(s) return "mine " .. s end end
  if i == 2000 then string.upper = nil end
  local ok, v = pcall(function(s) return s:upper() end, "s")
  local key = ok and v or "failed"
  seen[key] = (seen[key] or 0) + 1
end
string.upper = upper
print(seen.S, seen["mine s"], seen.failed)

-- Environments swapped under a function.
local chunk = load("return function() x = (x or 0) + 1 return x end")()
for i = 1, 1000 do chunk() end
print(x)
debug.setupvalue(chunk, 1, {x = 100})
for i = 1, 1000 do chunk() end
print(x, chunk())
setmetatable(_G, {__index = function(_, k) return "no " .. k end, __newindex = function(g, k, v) rawset(g, k, v) end})
print(undefined_name)
undefined_name = 5
print(undefined_name, another)
setmetatable(_G, nil)
print(another)

-- A table from array to hash, with holes, with float keys, to a longer array, in the middle of a loop.
local function scan(list, n) local s = 0 for i = 1, n do s = s + (list[i] or 0) end return s end
local a = {}
for i = 1, 1000 do a[i] = i end
print(scan(a, 1000))
for i = 1, 1000, 3 do a[i] = nil end
print(scan(a, 1200))
a.name = 1
a[2.0] = 2000
a[1 << 40] = 1
print(scan(a, 1200), a[1 << 40])
for i = 1, 3000 do a[i] = 0.5 end
hot.show("floats", scan(a, 3100))
setmetatable(a, {__index = function(_, i) return i end})
hot.show("beyond the end", scan(a, 3100))
