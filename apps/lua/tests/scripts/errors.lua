-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Errors thrown and caught: values of each kind, levels, handlers, errors in handlers, errors deep in hot code.
local hot = require "hot"

for _, value in ipairs {"text", 12, 1.5, true, {}, print} do
  hot.run("error with a " .. type(value), function(v) error(v) end, value)
end
hot.run("error with nil", function() error() end)
hot.run("the same table", function()
  local t = {}
  local ok, e = pcall(error, t)
  return ok, e == t
end)
local function at(level) error("at " .. level, level) end
local function through(level)
  at(level)
end
hot.run("level 0", function() through(0) end)
hot.run("level 1", function() through(1) end)
hot.run("level 2", function() through(2) end)
hot.run("level 3", function() through(3) end)
hot.run("assert", function(v) return assert(v, "message") end, false)
hot.run("assert without a message", function(v) return assert(v) end, nil)
hot.run("assert with a table", function(v) local ok, e = pcall(assert, v, {1}) return ok, e[1] end, nil)
hot.run("assert passes all", function(...) return assert(...) end, 1, 2, nil)
hot.run("pcall of nothing", function() return pcall() end)
hot.run("pcall of nil", function() return pcall(nil) end)
hot.run("pcall results", function() return pcall(function(...) return ... end, 1, nil, 3, nil) end)
hot.run("xpcall", function(x) return xpcall(function(a, b) return a + b end, function(e) return "handled: " .. e end, x, {}) end, 1)
hot.run("xpcall results", function() return xpcall(function(...) return ... end, print, 1, nil, 3) end)
hot.run("handler fails", function() return xpcall(error, function(e) error("again") end, "first") end)
hot.run("handler fails forever", function() return xpcall(error, function(e) local x = nil + e end, "first") end)
hot.run("handler with many results", function() return xpcall(error, function(e) return e, 2, 3 end, "first") end)
hot.run("handler that is no function", function() return xpcall(error, nil, "first") end)
hot.run("handler sees the frame", function()
  local function thrower() local inside = 5 error("x") end
  return xpcall(thrower, function() return (select(2, debug.getlocal(3, 1))) end)
end)
hot.run("nested", function()
  local log = {}
  local ok, e = pcall(function()
    local ok2, e2 = pcall(function()
      local ok3, e3 = pcall(error, "three")
      log[1] = e3
      error("two", 0)
    end)
    log[2] = e2
    error("one", 0)
  end)
  log[3] = e
  return table.concat(log, " ")
end)
hot.run("error with __tostring", function()
  local e = setmetatable({}, {__tostring = function() return "an object" end})
  local ok, caught = pcall(error, e)
  return tostring(caught)
end)
hot.run("rethrown", function() local ok, e = pcall(error, "once", 0) error(e .. " more", 0) end)

-- Errors out of the middle of loops, in every tenth pass; locals around them are intact.
local function risky(i)
  local before = i * 2
  if i % 10 == 3 then error({code = i}) end
  if i % 10 == 7 then return before + nil end
  return before
end
local function survive(n)
  local good, coded, texts, sum = 0, 0, 0, 0.5
  for i = 1, n do
    local a, b, c = i, i + 1, tostring(i)
    local ok, e = pcall(risky, i)
    if ok then
      good = good + 1
      sum = sum + e
    elseif type(e) == "table" then
      coded = coded + e.code
    else
      texts = texts + #e
    end
    if a + 1 ~= b or c ~= tostring(i) then return "wrong" end
  end
  return good, coded, texts, sum
end
for i = 1, 4 do hot.show("survive", survive(i * 1000)) end

-- The error is thrown by what was hot for a long time without one.
local function divide(a, b) return a // b end
local results = 0
for i = 2000, 0, -1 do
  local ok, e = pcall(divide, 5000, i)
  if ok then results = results + e else print(i, e) end
end
print(results)

-- Levels of recursion unwound by one error.
local function deep(n, value)
  if n == 0 then error(value, 0) end
  local keep = n
  deep(n - 1, value)
  return keep
end
for n = 10, 3010, 1000 do print(n, pcall(deep, n, "bottom")) end

-- A pcall inside of a pcall in a loop that breaks, returns and continues.
local function mixed(n)
  local log = 0
  for i = 1, n do
    local ok, r = pcall(function()
      for j = 1, 10 do
        if j == i % 12 then return j end
        if j * i % 17 == 16 then error(j, 0) end
      end
      return "end"
    end)
    if r == "end" then goto continue end
    log = log + (ok and r or -r)
    if log > 5000 then break end
    ::continue::
  end
  return log
end
for n = 500, 3000, 500 do print(mixed(n)) end
