-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The debug library inside of hot functions: getinfo, getlocal, setlocal (of other kinds), upvalues, traceback.
local hot = require "hot"

local function info(f, what)
  local t = debug.getinfo(f, what)
  return t.short_src, t.what, t.currentline, t.linedefined, t.lastlinedefined, t.nups, t.nparams, t.isvararg, t.name,
    t.namewhat, t.istailcall
end
hot.run("getinfo", info, info, "Slntu")
hot.run("getinfo of C", function() local t = debug.getinfo(print) return t.short_src, t.what, t.currentline, t.nparams, t.isvararg end)
hot.run("getinfo of levels", function()
  local function inner(level) local t = debug.getinfo(level, "nSl") return t.name, t.namewhat, t.currentline, t.what end
  local field = {m = inner}
  local a, b, c, d = field.m(1)
  return a, b, c, d, (inner(2)), (debug.getinfo(100))
end)
hot.run("active lines", function()
  local t = debug.getinfo(hot.show, "L").activelines
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end)
hot.run("bad option", function() return debug.getinfo(1, ">X") end)

-- Lines in the middle of loops.
local function lines(n)
  local sum = 0
  for i = 1, n do
    sum = sum + debug.getinfo(1, "l").currentline
    if i % 3 == 0 then
      sum = sum + debug.getinfo(1, "l").currentline
    else
      sum = sum
        - debug.getinfo(1, "l").currentline
    end
  end
  return sum
end
print(lines(10), lines(3000), lines(30))

-- Names and values of locals, seen from a called function.
local function see(level) -- level 2 is who calls this
  local log = {}
  local i = 1
  while true do
    local name, value = debug.getlocal(level, i)
    if not name then break end
    log[#log + 1] = name .. "=" .. hot.text(value)
    i = i + 1
  end
  return table.concat(log, " ")
end
local function shown(n)
  local a, b <const>, c = 1, 2.5, "text"
  local last
  for i = 1, n do
    a = a + i
    if i == n then last = see(2) end
    do
      local inside = a * b
      if i == n then last = last .. " | " .. see(2) end
      c = inside
    end
  end
  for k, v in ipairs {"x"} do last = last .. " | " .. see(2) end
  return last
end
for i = 1, 50 do
  local text = shown(100)
  if i % 25 == 0 then print(text) end
end
hot.run("varargs by getlocal", function(...) return debug.getlocal(1, -1), debug.getlocal(1, -2), debug.getlocal(1, -9) end, "a", "b")
hot.run("parameters of a function", function() return debug.getlocal(hot.show, 1), debug.getlocal(hot.show, 9) end)
hot.run("level out of range", function() return debug.getlocal(1000, 1) end)

-- Locals of a loop that are set from below: the counter, the sum, to other kinds.
local function set(level, wanted, value)
  local i, found = 1, false
  while true do
    local name = debug.getlocal(level, i)
    if not name then break end
    if name == wanted then found = i end
    i = i + 1
  end
  return found and debug.setlocal(level, found, value)
end
local function changing(n, at, name, value)
  local sum, x = 0, 1
  for i = 1, n do
    sum = sum + x
    if i == at then set(2, name, value) end
    if i == at + 1 and type(x) == "string" then x = 1 end
  end
  return sum, x
end
for _, change in ipairs {{"sum", 100.5}, {"sum", "7"}, {"x", 2.25}, {"x", "3"}, {"i", 5}, {"x", 10}, {"sum", {}}, {"x", nil}} do
  hot.show("set " .. change[1], pcall(changing, 3000, 1500, change[1], change[2]))
  hot.show("set " .. change[1] .. " soon", pcall(changing, 50, 5, change[1], change[2]))
end
-- The hidden state of a loop, as debug.setlocal reaches it: the count of passes that remain.
local function shortened(n)
  local passes = 0
  for i = 1, n do
    passes = passes + 1
    if i == 2000 then
      for k = 1, 20 do
        local name, value = debug.getlocal(1, k)
        if name == "(for state)" and value == n - 2000 then debug.setlocal(1, k, 10) break end
      end
    end
  end
  return passes
end
print(shortened(5000), shortened(2500))
local function while_loop(n)
  local i, flag, sum = 0, true, 0
  while flag do
    i = i + 1
    sum = sum + i
    if i == n then set(2, "flag", false) end
  end
  return sum
end
print(while_loop(2000), while_loop(10), while_loop(4000))
local function constants(n)
  local step = 1
  local limit = 10
  local sum = 0
  for i = 1, n do
    for j = 1, limit, step do sum = sum + j end
    if i == 500 then set(2, "limit", 4) end
    if i == 800 then set(2, "step", 2) end
    if i == 900 then set(2, "step", 0.5) end
  end
  return sum
end
print(constants(1000), constants(700), constants(100))

-- Upvalues and metatables through the library.
local up, other = 1, 2
local function reader() return up + other end
for i = 1, 2000 do reader() end
print(debug.getupvalue(reader, 1), debug.getupvalue(reader, 2), debug.getupvalue(reader, 3))
print(debug.setupvalue(reader, 1, 10.5), reader(), up)
for i = 1, 2000 do
  debug.setupvalue(reader, 2, i)
  if reader() ~= 10.5 + i then print("wrong", i) break end
end
print(debug.upvalueid(reader, 1) == debug.upvalueid(reader, 1), debug.upvalueid(reader, 1) == debug.upvalueid(reader, 2))
local function sum_twice(x) return x + x end
for i = 1, 1000 do sum_twice(i) end
debug.setmetatable(nil, {__add = function() return "nil added" end})
print(sum_twice(nil))
debug.setmetatable(nil, nil)
print(pcall(sum_twice, nil))
debug.setmetatable(1, {__index = function(n, k) return n .. k end, __call = function(n, x) return n * x end})
local five = 5
hot.run("numbers have a metatable", function(n) return n.field, n(3), (2)(4) end, five)
debug.setmetatable(1, nil)
hot.run("and have none", function(n) return n.field end, five)
debug.setmetatable(print, {__index = {name = "function"}, __concat = function() return "joined" end})
hot.run("functions have a metatable", function(f) return f.name, f .. "x" end, print)
debug.setmetatable(print, nil)

-- Tracebacks out of hot code, with names for what was called how.
local function strip(text) return (text:gsub("\n%s*%[C%]: in %?$", "")) end
local object = {}
function object:method() return strip(debug.traceback("text", 1)), 1 end
function object.field() local t = object:method() return t, 1 end
local function local_function() local t = object.field() return t, 1 end
function global_function() local t = local_function() return t, 1 end
local meta = setmetatable({}, {__index = function() local t = global_function() return t, 1 end,
  __add = function(a) local t = a.x return t, 1 end})
for i = 1, 400 do
  local t = meta + 1
  if i % 200 == 0 then print(t) end
end
local co = coroutine.create(function() local x = 1 coroutine.yield() error("in coroutine") end)
coroutine.resume(co)
print(strip(debug.traceback(co)))
print(debug.traceback(co, "message", 1))
print(debug.traceback({}) ~= nil, debug.traceback(nil), debug.traceback(12))
print(coroutine.resume(co))
print(debug.traceback(co))
print(debug.getinfo(co, 0, "l").currentline, debug.getlocal(co, 1, 1))
local function deep(n) if n == 0 then return debug.traceback("deep") end local t = deep(n - 1) return t end
print(deep(50))
