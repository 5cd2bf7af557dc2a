-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Recursion: as deep as memory lets it, the error at the end, what is left to handle it, and after it.
local hot = require "hot"

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20), fib(15.0))
local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
print(ackermann(2, 60))
local function hanoi(n, a, b, c) if n == 0 then return 0 end return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a) end
print(hanoi(12, "a", "b", "c"))
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
for n = 1000, 120000, 37000 do print(depth(n)) end

local function shorten(message) return (tostring(message):gsub("\n.*", "")) end
local function forever(n) return 1 + forever(n + 1) end
for i = 1, 3 do
  local ok, message = pcall(forever, 1)
  print(ok, shorten(message))
end
local function locals(n) local a, b, c, d, e, f = n, n, n, n, n, n local x = locals(n + 1) return a + b + c + d + e + f + x end
print(shorten(select(2, pcall(locals, 1))))
local function vararg(...) local x = vararg(1, ...) return x end
print(shorten(select(2, pcall(vararg))))
local looped = setmetatable({}, {})
getmetatable(looped).__index = function(t, k) local v = t[k + 1] return v end
print((shorten(select(2, pcall(function() return looped[1] end)))))
getmetatable(looped).__add = function(a, b) local v = a + b return v end
print((shorten(select(2, pcall(function() return looped + 1 end)))))
getmetatable(looped).__eq = function(a, b) local v = a == b return v end
print((shorten(select(2, pcall(function() return looped == setmetatable({}, getmetatable(looped)) end)))))
getmetatable(looped).__tostring = function(t) local v = tostring(t) return v end
print((shorten(select(2, pcall(tostring, looped)))))
getmetatable(looped).__concat = function(a, b) local v = a .. b return v end
print((shorten(select(2, pcall(function() return looped .. "x" end)))))

-- The handler of xpcall runs on top of the overflow.
local function deep() local x = deep() return x end
print(xpcall(deep, function(message) return "handled: " .. shorten(message) end))
print(xpcall(deep, function(message) return debug.getinfo(2, "S").what end))
local status = xpcall(deep, function() local x = deep() return x end)
print(status)

-- Everything still works.
print(depth(1000), fib(10))
local co = coroutine.create(function() local x = deep() return x end)
local ok, message = coroutine.resume(co)
print(ok, shorten(message), coroutine.status(co))
print(select(2, pcall(string.rep, "x", -1)) == "", shorten(select(2, pcall(string.gsub, "x", "x", function() return deep() end))))

local function nested_coroutines(n)
  if n == 0 then return 0 end
  return 1 + coroutine.wrap(nested_coroutines)(n - 1)
end
print(nested_coroutines(100))
print(shorten(select(2, pcall(nested_coroutines, 100000))))
print(shorten(select(2, load(("("):rep(300) .. "1" .. (")"):rep(300)))))
