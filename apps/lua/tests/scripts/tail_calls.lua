-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Tail calls a million deep, of every sort of function; and what they do to levels.
local hot = require "hot"

local function down(n, a) if n == 0 then return a end return down(n - 1, a + n) end
print(down(1000000, 0))
print(down(100000, 0.5))

local even, odd
function even(n) if n == 0 then return "even" end return odd(n - 1) end
function odd(n) if n == 0 then return "odd" end return even(n - 1) end
print(even(300001), odd(300001))

local function many(n, ...) if n == 0 then return select("#", ...), ... end return many(n - 1, n, (...)) end
print(many(100000, "a", "b", "c"))

local object = {n = 0}
function object:step(k) if k == 0 then return self.n end self.n = self.n + 1 return self:step(k - 1) end
print(object:step(200000))

local callable = setmetatable({}, {__call = function(self, n) if n == 0 then return "called" end return self(n - 1) end})
print(callable(100000))

local function through_pcall(n) if n == 0 then return "bottom" end return select(2, pcall(through_pcall, n - 1)) end
print(through_pcall(100))
hot.run("tail call of a builtin", function(t) return rawlen(t) end, {1, 2, 3})
hot.run("tail call of select", function(...) return select(2, ...) end, "a", "b", "c")
hot.run("tail call of nil", function(f) return f() end, nil)
hot.run("tail call of a missing method", function(o) return o:missing() end, {})
hot.run("parentheses are no tail call", function() return (down(3, 0)) end)

-- A tail call leaves no frame: the traceback says so.
local function trace() return (debug.traceback("here", 1):gsub("\n%s*%[C%].*", "")) end
local function caller() return trace() end
for i = 1, 300 do
  local text = caller()
  if i % 150 == 0 then print(text) end
end
local function where() return debug.getinfo(1, "t").istailcall end
local function tail() return where() end
local function plain() local w = where() return w end
hot.run("istailcall", function() return (tail()), (plain()) end)

-- Upvalues are closed by the tail call.
local function keep(f, n) if n == 0 then return f() end local x = n return keep(function() return x + f() end, n - 1) end
print(keep(function() return 0 end, 100))

local function state_machine(n)
  local states, log = {}, 0
  function states.a(i) log = log + 1 if i == 0 then return log, "a" end return states.b(i - 1) end
  function states.b(i) log = log + 2 if i == 0 then return log, "b" end return states.c(i - 1, i) end
  function states.c(i, j) log = log + j % 3 if i <= 0 then return log, "c" end return states.a(i - 1) end
  return states.a(n)
end
for n = 1000, 50000, 12000 do print(state_machine(n)) end
