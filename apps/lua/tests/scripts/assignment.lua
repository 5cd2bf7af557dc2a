-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Assignments: the order of what is read and written, swaps, many results, attributes, shadows.
local hot = require "hot"

hot.run("swap", function(a, b) a, b = b, a return a, b end, 1, "two")
hot.run("rotate", function(a, b, c) a, b, c = b, c, a a, b, c = b, c, a return a, b, c end, 1, 2, 3)
hot.run("index is read before", function() local i, t = 1, {} i, t[i] = i + 1, 20 return i, t[1], t[2] end)
hot.run("table is read before", function() local t = {x = {}} local o = t.x t.x, t.x.y = 5, 6 return t.x, o.y end)
hot.run("too few", function() local a, b, c = 1, 2 a, b, c = 3 return a, b, c end)
hot.run("too many", function() local a = 1, 2, 3 a = 4, 5 return a end)
hot.run("fields swap", function() local t = {a = 1, b = 2} t.a, t.b = t.b, t.a return t.a, t.b end)
hot.run("array swap", function() local t = {1, 2, 3} t[1], t[2], t[3] = t[3], t[1], t[2] return t[1], t[2], t[3] end)
hot.run("constants", function() local k <const> = 5 local s <const> = "s" local n <const> = nil return k + 1, s .. k, n end)
hot.run("shadow", function() local x = 1 do local x = x + 1 x = x * 10 end local x = x + 100 return x end)
hot.run("nils", function() local a, b, c, d, e a = 1 e = 2 return a, b, c, d, e end)
hot.run("booleans", function(a, b) local x, y, z = a == b, a ~= b, not a return x, y, z end, 1, 2)
hot.run("through calls", function()
  local log = {}
  local function at(n) log[#log + 1] = n return n end
  local t = {}
  t[at(1)], t[at(2)], t[at(3)] = at(4), at(5)
  return table.concat(log, ","), t[1], t[2], t[3]
end)

counter = 0
local function globals()
  counter = counter + 1
  counter, other = counter * 2, counter
  return counter, other
end
for i = 1, 62 do if i % 20 == 0 then hot.show("globals", globals()) else globals() end end
hot.run("environment", function() local _ENV = {x = 1} y = x x = 2 return _ENV.x, y end)
hot.run("environment argument", function(_ENV) return a, b end, {a = "A"})
hot.run("environment without it", function() local _ENV <const> = {} return print end)

-- Upvalues of upvalues.
local function levels()
  local a, b = 1, 2
  local function one()
    a = a + b
    local function two() a, b = b, a return a - b end
    return two() + a
  end
  return one(), one(), a, b
end
hot.run("levels", levels)

-- Constructors with everything in them.
hot.run("constructor", function(...)
  local t = {1, 2, x = 3, [4] = 4, "third", [1 + 1] = "lost", n = nil, ...; ["with space"] = 5}
  return t[1], t[2], t[3], t[4], t[5], t.x, t.n, t["with space"], #t
end, "a", "b")
local long = {}
for i = 1, 600 do long[i] = i end
local literal = hot.load("return function() return {" .. table.concat(long, ",") .. "} end")
for i = 1, 40 do
  local t = literal()
  if i % 20 == 0 then print(#t, t[1], t[50], t[51], t[512], t[600]) end
end
local huge = hot.load("return function(...) return {" .. ("7,"):rep(70000) .. "...} end")
local t = huge(8, 9)
print(#t, t[70000], t[70001], t[70002])

-- More constants than an instruction can name.
local names = {}
for i = 1, 400 do names[i] = "t.k" .. i .. " = 'v" .. i .. "' t.k" .. i .. " = t.k" .. i .. " .. " .. i .. ".5" end
local many = hot.load("return function(t) " .. table.concat(names, "\n") .. " return t.k1, t.k256, t.k257, t.k400 end")
for i = 1, 30 do if i % 10 == 0 then hot.show("many constants", many {}) else many {} end end

local fields = {}
for i = 1, 140000 do fields[i] = i + 0.5 end
local extra = hot.load("return function() return {" .. table.concat(fields, ",") .. "}, 'a string after them' end")
local result, text = extra()
print(#result, result[1], result[131072], result[131073], result[140000], text)
