-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Variable arguments and results: none, one, 250, cut and filled, through select, pack, unpack and calls.
local hot = require "hot"

local function count(...) return select("#", ...) end
local function pass(...) return ... end
local function first(...) local a = ... return a end
local function three(...) local a, b, c = ... return c, b, a end
local function middle(a, ...) local b, c = ... return a, c, b, select("#", ...) end
local function packed(...) local t = {...} return #t, t[1], t[#t] end
local function both(...) return {n = select("#", ...), "head", ...} end
local function last(...) return (select(-1, ...)) end
local function cut(...) return (...) end
local function sum(...)
  local s = 0
  for i = 1, select("#", ...) do s = s + (select(i, ...) or 0) end
  return s
end
local function twice(...) return count(..., ...), count((...), ...), count(nil, ...) end

local list = {}
for n = 0, 250 do
  list[n] = n > 0 and n or nil
  for _ = 1, 8 do
    local t = table.pack(pass(table.unpack(list, 1, n)))
    local f = both(table.unpack(list, 1, n))
    if t.n ~= n or f.n ~= n or f[n + 1] ~= (n > 0 and n or "head") then print("wrong", n, t.n, f.n) end
  end
  if n % 25 == 0 then
    hot.show(n .. " values", count(table.unpack(list, 1, n)), sum(table.unpack(list, 1, n)), three(table.unpack(list, 1, n)))
    hot.show(n .. " more", packed(table.unpack(list, 1, n)))
    hot.show(n .. " cut", first(table.unpack(list, 1, n)), cut(table.unpack(list, 1, n)))
  end
end

hot.run("none", function() return count(), count(nil), count(pass()), (pass()) end)
hot.run("three of one", three, 1)
hot.run("three of five", three, 1, 2, 3, 4, 5)
hot.run("three of nils", three, nil, false)
hot.run("middle of none", middle)
hot.run("middle", middle, 1, 2, 3, 4)
hot.run("last", last, 1, 2, 3)
hot.run("twice", twice, 1, 2)
hot.run("select from the end", function(...) return select(-2, ...) end, "a", "b", "c")
hot.run("select past the end", function(...) return count(select(9, ...)) end, "a", "b", "c")
hot.run("select out of range", function(...) return select(-4, ...) end, "a", "b", "c")
hot.run("select zero", function(...) return select(0, ...) end, "a")
hot.run("in the middle of a list", function(...) local t = {..., "x", ...} return #t, t[1], t[2], t[3] end, 1, 2)
hot.run("arguments are cut", function() return pass(1, (pass(2, 3))), (pass(4, 5)) end)
hot.run("results fill", function() local a, b, c, d = pass(1, 2), pass(3) return a, b, c, d end)
hot.run("results of the last are all", function() return pass(1, 2), pass(3, 4) end)
hot.run("operators cut", function(...) return ... + 1, -(...), not ..., ... and 5 end, 7, 8)
hot.run("missing parameters", function() return (function(a, b, c) return a, b, c end)(1) end)
hot.run("spare arguments", function() return (function(a) return a end)(1, 2, 3) end)
hot.run("pack", function(...) local t = table.pack(...) return t.n, t[1], t[t.n] end, nil, 2, nil)
hot.run("unpack with holes", function() return table.unpack({1, nil, 3}, 1, 3) end)
hot.run("unpack ranges", function(t) return table.unpack(t, -1, 1) end, {[-1] = "a", [0] = "b", [1] = "c"})
hot.run("unpack too many", function() return table.unpack({}, 1, 1e7) end)
hot.run("into a for", function(...) local s = "" for _, v in ipairs {...} do s = s .. v end return s end, "a", "b", "c")
hot.run("through a method", function(...) local o = {m = function(self, ...) return self.k, ... end, k = "k"} return o:m(...) end, 1, 2)

-- Values set after the call are the callee's own.
local function overwrite(a, ...)
  local b = ...
  a = "changed"
  local t = {...}
  t[1] = "also"
  return a, b, ..., t[1]
end
hot.run("overwrite", overwrite, 1, 2, 3)

-- A vararg function that recurs, with fewer arguments each time; and one that keeps them all.
local function shrink(n, ...)
  if n == 0 then return select("#", ...), ... end
  return shrink(n - 1, select(2, ...))
end
hot.run("shrink", shrink, 3, 1, 2, 3, 4, 5)
local function grow(n, ...)
  if n == 0 then return select("#", ...), (select(1, ...)) end
  return grow(n - 1, n, ...)
end
for i = 1, 5 do hot.show("grow", grow(i * 40)) end

-- Closures over a vararg function's parameters, in loops.
local function adders(...)
  local made = {}
  for i, v in ipairs {...} do made[i] = function(x) v = v + x return v end end
  return made
end
for _ = 1, 300 do
  local made = adders(1, 2.5, 30)
  if made[1](1) + made[2](1) + made[3](1) + made[1](1) ~= 39.5 then print "wrong" end
end
