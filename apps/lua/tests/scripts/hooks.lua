-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Hooks by line, count, call and return: set before, and switched on and off in the middle of hot loops.
local hot = require "hot"

local function traced(mask, count, f, ...)
  local log = {}
  debug.sethook(function(event, line)
    if #log < 400 then log[#log + 1] = line and event:sub(1, 1) .. line or event:sub(1, 1) end
  end, mask, count)
  local results = table.pack(pcall(f, ...))
  debug.sethook()
  return table.concat(log, " "), table.unpack(results, 1, results.n)
end

local function work(n)
  local s = 0
  for i = 1, n do
    if i % 2 == 0 then
      s = s + i
    else
      s = s - 1
    end
  end
  return s
end
for _ = 1, 3000 do work(3) end
hot.show("lines", traced("l", 0, work, 4))
hot.show("counts", traced("", 1, work, 3))
hot.show("counts of ten", traced("", 10, work, 50))
hot.show("lines and counts", traced("l", 7, work, 10))

local function fact(n) if n == 0 then return 1 end return n * fact(n - 1) end
local function tail(n) if n == 0 then return "end" end return tail(n - 1) end
local function calls(n)
  local a = fact(n)
  local b = tail(n)
  local c = math.max(a, 1)
  local d = select("#", a, b, c)
  return a, b, c, d
end
for _ = 1, 2000 do calls(3) end
hot.show("calls", traced("c", 0, calls, 3))
hot.show("calls and returns", traced("cr", 0, calls, 3))
hot.show("all", traced("crl", 5, calls, 2))

local function loops(n)
  local s = 0
  while n > 0 do
    n = n - 1
    repeat
      s = s + 1
    until s % 2 == 0
    for _, v in ipairs {1, 2} do
      s = s + v
    end
    do goto next end
    s = 1000
    ::next::
  end
  return s
end
for _ = 1, 1000 do loops(3) end
hot.show("loops", traced("l", 0, loops, 2))

-- A hook that is switched on by a function called from the hot loop, and off again by another.
local log
local function record(event, line) log[#log + 1] = line or event end
local function on(mask, count) debug.sethook(record, mask, count) end
local function off() debug.sethook() end
local function switched(n, mask, count)
  local s = 0
  for i = 1, n do
    s = s + i % 7
    if i == n // 2 then on(mask, count) end
    s = s + 1
    if i == n // 2 + 2 then off() end
    s = s ~ i
  end
  return s
end
for _, setting in ipairs {{"l", 0}, {"", 1}, {"", 3}, {"cr", 0}, {"lcr", 2}} do
  log = {}
  local s = switched(4000, setting[1], setting[2])
  print(setting[1], setting[2], s, #log, table.concat(log, " "))
  log = {}
  print(switched(100, setting[1], setting[2]), #log)
end

-- Switched on deep below the loop, seen in every function on the way back.
local function below(depth, i)
  if depth > 0 then
    local r = below(depth - 1, i)
    return r + 1
  end
  if i == 1500 then on("l") end
  return i
end
local function above(n)
  local s = 0
  for i = 1, n do
    s = s + below(3, i)
    if i == 1501 then off() end
  end
  return s
end
log = {}
print(above(3000), #log, table.concat(log, " "))

-- A hook in one coroutine is not in another; one that raises an error; one that yields nothing but changes a local.
local co = coroutine.create(function()
  local s = 0
  for i = 1, 2000 do
    s = s + i
    if i % 1000 == 0 then coroutine.yield(s) end
  end
  return s
end)
log = {}
print(coroutine.resume(co))
debug.sethook(co, record, "l")
print(coroutine.resume(co))
local in_coroutine = #log
debug.sethook(co)
print(coroutine.resume(co))
print(in_coroutine, #log, (debug.gethook()))

local function failing(limit)
  local n = 0
  debug.sethook(function() n = n + 1 if n == limit then error("enough") end end, "", 100)
  local s = 0
  for i = 1, 1e9 do s = s + 1 end
  return s
end
for i = 1, 5 do
  print(pcall(failing, i * 10))
  debug.sethook()
end

local function changed(n)
  local s, found = 0, false
  for i = 1, n do
    s = s + 1
    if i == 1000 then
      debug.sethook(function()
        if s == 1000 then debug.setlocal(2, 2, 5000) debug.sethook() end
      end, "l")
    end
  end
  return s
end
print(changed(3000))

-- The hook counts what a loop costs: the same number of instructions as ever.
local function cost(f, ...)
  local n = 0
  debug.sethook(function() n = n + 1 end, "", 1)
  f(...)
  debug.sethook()
  return n
end
print(cost(work, 100), cost(work, 1000), cost(fact, 20), cost(loops, 10))
for _ = 1, 300 do work(20) end
print(cost(work, 100), cost(work, 1000), cost(fact, 20), cost(loops, 10))

-- gethook, and a hook that sets another.
debug.sethook(record, "cl", 5)
local h, mask, count = debug.gethook()
debug.sethook()
print(h == record, mask, count)
local order = {}
local function second(event, line) order[#order + 1] = "second" .. line if #order > 4 then debug.sethook() end end
local function first(event, line) order[#order + 1] = "first" .. line debug.sethook(second, "l") end
debug.sethook(first, "l")
local a = 1
local b = 2
local c = 3
local d = 4
debug.sethook()
print(table.concat(order, " "))

-- A loop that is left for the function's first instruction does not call the function again.
local events
local function goes_back_to_its_beginning(t)
  ::top::
  t.n = t.n + 1
  while t.n < 100 do
    t.step(t)
    if t.n % 9 == 0 then goto top end
    t.n = t.n + 1
  end
end
for _ = 1, 3 do
  events = {}
  goes_back_to_its_beginning {n = 1, step = function(t)
    if t.n == 41 then
      debug.sethook(function(event) events[#events + 1] = event end, "cr")
    elseif t.n == 48 then
      debug.sethook()
    end
  end}
  print(table.concat(events, " "))
end
