-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Closures: upvalues shared, open and closed, one for each pass of a loop, counters, composed functions.
local hot = require "hot"

local function counter()
  local n = 0
  return function() n = n + 1 return n end, function(v) n = v end, function() return n end
end
hot.run("shared", function()
  local up, set, get = counter()
  up() up()
  local a = get()
  set(10)
  return a, up(), get()
end)
hot.run("one for each pass", function()
  local made = {}
  for i = 1, 4 do local sum = 0 made[i] = function(x) sum = sum + x * i return sum end end
  for _ = 1, 3 do for i = 1, 4 do made[i](1) end end
  return made[1](0), made[2](0), made[3](0), made[4](0)
end)
hot.run("while", function()
  local made, i = {}, 0
  while i < 3 do i = i + 1 local j = i made[i] = function() j = j + 1 return j, i end end
  return made[1](), made[1](), made[3]()
end)
hot.run("open while the frame lives", function()
  local x = 1
  local function set(v) x = v end
  local before = x
  set(2)
  local between = x
  x = 3
  local function get() return x end
  set("text")
  return before, between, get(), x
end)
hot.run("parameters", function(a, b)
  local function swap() a, b = b, a end
  swap()
  return a, b
end, 1, 2)
hot.run("recursion over an upvalue", function()
  local function fact(n) return n < 2 and 1 or n * fact(n - 1) end
  local even, odd
  function even(n) if n == 0 then return true end return odd(n - 1) end
  function odd(n) if n == 0 then return false end return even(n - 1) end
  return fact(10), even(20), odd(7)
end)
hot.run("nested", function()
  local log = {}
  local function a() local x = 1 return function() local y = 2 return function() x, y = x + y, x return x, y end end end
  local f = a()()
  for i = 1, 5 do log[i] = f() end
  return table.concat(log, ",")
end)

local function compose(...)
  local list = {...}
  return function(x) for i = #list, 1, -1 do x = list[i](x) end return x end
end
local function curry(f, a) return function(...) return f(a, ...) end end
local inc = curry(function(a, b) return a + b end, 1)
local double = function(x) return x * 2 end
hot.run("compose", compose(inc, double, inc), 5)
hot.run("composed with floats", compose(inc, double), 0.25)
hot.run("composed with text", compose(inc, double), "4")

-- A generator kept across thousands of calls, whose kinds change.
local function accumulator()
  local total = 0
  return function(x) total = total + x return total end
end
local add = accumulator()
for i = 1, 4000 do
  add(i)
  if i == 2000 then add(0.5) end
end
hot.show("total", add(0))

-- Many closures alive at once, called round about.
local all = {}
for i = 1, 200 do local x = i all[i] = function(d) x = x + d return x end end
local sum = 0
for pass = 1, 30 do for i = 1, 200 do sum = sum + all[i](pass % 3) end end
print(sum)

-- Upvalues joined and changed from outside.
local f = (function() local a = 1 return function() a = a + 1 return a end end)()
local g = (function() local a = 100 return function() a = a + 1 return a end end)()
for i = 1, 1000 do f() g() end
print(f(), g())
debug.upvaluejoin(f, 1, g, 1)
print(f(), g(), debug.upvalueid(f, 1) == debug.upvalueid(g, 1))
debug.setupvalue(f, 1, 0.5)
for i = 1, 100 do f() end
print(g(), debug.getupvalue(f, 1))

-- Upvalues of a coroutine that died.
local kept = {}
local co = coroutine.wrap(function()
  for i = 1, 5 do
    local v = i
    kept[i] = function() v = v + 1 return v end
    coroutine.yield()
    v = v * 10
  end
end)
co() co() co() co = nil
collectgarbage()
for i = 1, 3 do kept[i]() print(kept[i]()) end
