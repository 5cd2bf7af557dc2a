-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The stack moves: recursion in loops with many locals, calls with a thousand values, coroutines, open upvalues.
local hot = require "hot"

local function many_locals(depth, a, b)
  local c, d, e, f, g, h = a + 1, b + 1, a * 2, b * 2, a - b, tostring(a)
  local i, j, k, l, m, n = {a}, {b}, c + d, e + f, g * 2, #h
  local sum = 0
  for x = 1, 3 do
    if depth > 0 then sum = sum + many_locals(depth - 1 - x, a + x, b) end
    sum = sum + c + d + e + f + g + i[1] + j[1] + k + l + m + n
  end
  return sum
end
for depth = 1, 15, 7 do hot.show("many locals", many_locals(depth, 1, 2), many_locals(depth, 1, 0.5)) end

local function spread(n) local t = {} for i = 1, n do t[i] = i end return table.unpack(t) end
local function loop(limit)
  local sum = 0
  for n = 1, limit, 37 do
    local first, second = n, n + 1
    local count = select("#", spread(n))
    local t = {spread(n)}
    local last = select(-1, spread(n))
    sum = sum + count + #t + last + first + second
    if n % 3 == 0 then sum = sum + math.max(spread(n)) + #string.char(select(-1, 65, 66)) end
  end
  return sum
end
for _, limit in ipairs {10, 500, 3000, 100} do print(limit, loop(limit)) end

-- The stack grows below a hot loop that has closures over its locals open.
local function recurse(n, f) if n == 0 then return f() end local r = recurse(n - 1, f) return r end
local function open(passes, depth)
  local x, y = 0, 0.5
  local function step() x = x + 1 y = y + x return y end
  local sum = 0
  for i = 1, passes do
    sum = sum + recurse(i == passes // 2 and depth or 2, step)
    x = x + i % 2
  end
  return sum, x, y
end
for _, depth in ipairs {5, 1000, 20000, 150000} do
  coroutine.wrap(function() hot.show("open " .. depth, open(1000, depth)) end)()
  hot.show("open on the main stack " .. depth, open(600, depth))
end

-- And it shrinks again when the collector runs.
local function shrink(passes)
  local a, b, sum = 1, {2}, 0
  for i = 1, passes do
    local c = a + b[1] + i
    if i % 100 == 0 then
      recurse(5000, function() return 0 end)
      collectgarbage()
    end
    sum = sum + c
  end
  return sum
end
print(shrink(1000))

-- Through metamethods, iterators, pcall, sort and gsub.
local deep = setmetatable({}, {
  __add = function(_, n) return recurse(n, function() return n end) end,
  __index = function(_, k) return recurse(k, function() return k end) end,
  __lt = function() return recurse(3000, function() return true end) end,
  -- Not deep: lua5.4.4 itself crashes when the collector shrinks the stack in a concatenation that called this.
  __concat = function(_, s) return recurse(5, function() return s end) end,
  __close = function() recurse(4000, function() end) end,
  __call = function(_, n) return recurse(n, function() return n, n end) end,
})
local function all(n)
  local a, b, c = 1, 2, 3
  local s = 0
  for i = 1, n do
    local k <close> = i % 500 == 0 and deep or nil
    local m = i % 250 == 0 and 6000 or 1
    s = s + (deep + m) + deep[m] + a + b + c
    if i % 333 == 0 and deep < deep then s = s + #(deep .. "text") end
    s = s + deep(m)
  end
  return s
end
for i = 1, 2 do
  print(all(1000))
  print(coroutine.wrap(all)(1000))
end
local list = {}
for i = 1, 100 do list[i] = i * 37 % 101 end
table.sort(list, function(a, b) return recurse(a, function() return a < b end) end)
print(table.concat(list, " ", 1, 10))
print((("abc"):gsub(".", function(c) return recurse(10000, function() return c:upper() end) end)))
local function iterate(n)
  local s = 0
  for i, v in function(k, i) if i < k then return i + 1, recurse(i, function() return i end) end end, n, 0 do s = s + i * v end
  return s
end
print(coroutine.wrap(iterate)(300))

-- Frames of every size, from functions with up to 200 locals.
for count = 10, 190, 36 do
  local names, sum = {}, {}
  for i = 1, count do names[i] = "v" .. i sum[i] = "v" .. i end
  local f = hot.load("local function f(n, ...) local " .. table.concat(names, ",") .. " = ... v" .. count .. " = n "
    .. "if n > 0 then f(n - 1, ...) end return " .. "v1 + v" .. count .. " end return f")
  for i = 1, 20 do f(30, 1, 2, 3) end
  print(count, f(100, 1, 2, 3), coroutine.wrap(f)(3000, 0.5))
end
