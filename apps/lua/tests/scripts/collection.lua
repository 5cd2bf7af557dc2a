-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The collector in hot loops: incremental and generational, steps everywhere, weak tables, finalizers, pressure.
local hot = require "hot"

local function churn(n)
  local keep, sum = {}, 0
  for i = 1, n do
    local t = {i, {i + 0.5}, tostring(i), function() return i end}
    keep[i % 50 + 1] = t
    local old = keep[(i * 7) % 50 + 1]
    if old then sum = sum + old[1] + old[2][1] + #old[3] + old[4]() end
    if i % 16 == 0 then collectgarbage("step", i % 5) end
  end
  return sum
end
for _, mode in ipairs {"incremental", "generational", "incremental"} do
  collectgarbage(mode)
  hot.show(mode, churn(3000), churn(300))
  collectgarbage()
  hot.show(mode .. " again", churn(3000))
end
collectgarbage("incremental", 4, 1000, 1)
hot.show("at every allocation", churn(2000))
collectgarbage("incremental", 200, 100, 13)
collectgarbage("stop")
hot.show("stopped", churn(1000), collectgarbage("isrunning"))
collectgarbage("restart")
hot.show("running", collectgarbage("isrunning"), type(collectgarbage("count")))
hot.run("unknown option", function() return collectgarbage("nothing") end)

-- Weak keys and values.
local values, keys, both = setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"}), setmetatable({}, {__mode = "kv"})
local strong = {}
for i = 1, 1000 do
  local o = {i}
  values[i], keys[o], both[o] = o, i, o
  if i % 10 == 0 then strong[#strong + 1] = o end
end
collectgarbage()
local function size(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
print(size(values), size(keys), size(both))
values.text, values[0], keys.text = "text", 5, {}
collectgarbage()
print(values.text, values[0], type(keys.text))
strong = nil
collectgarbage()
print(size(values), size(keys), size(both))

-- Ephemerons: a value that refers to its key keeps nothing alive.
local e = setmetatable({}, {__mode = "k"})
for i = 1, 200 do local k = {} e[k] = {k} end
local anchor = {}
e[anchor] = {anchor, "kept"}
collectgarbage()
print(size(e), e[anchor][2])

-- Finalizers: in order, once each, with what they reach alive; some bring their object back.
local order, back = {}, {}
local function finalized(name, action)
  return setmetatable({name = name, part = {name .. "'s part"}}, {__gc = function(o)
    order[#order + 1] = o.name .. ":" .. o.part[1]
    if action then action(o) end
  end})
end
do
  local a, b, c = finalized("a"), finalized("b", function(o) back[1] = o end), finalized("c")
end
for i = 1, 3 do collectgarbage() end
print(table.concat(order, " "), back[1] and back[1].part[1])
order = {}
setmetatable(back[1], getmetatable(back[1]))
back[1] = nil
collectgarbage()
collectgarbage()
print(table.concat(order, " "))
order = {}
do local late = setmetatable({}, {}) getmetatable(late).__gc = function() order[1] = "never set in time" end end
collectgarbage()
print(#order)

-- Finalizers that run in the middle of a hot loop: they allocate, throw, call, collect, yield nothing.
local runs, depth = 0, 0
local meta = {}
meta.__gc = function(o)
  runs = runs + 1
  local t = {}
  for i = 1, 5 do t[i] = o[1] .. i end
  if runs % 50 == 0 then collectgarbage("step", 1) end
  if runs % 7 == 0 then error("in a finalizer") end
end
warn("@off")
local function noisy(n)
  local sum = 0
  for i = 1, n do
    local o = setmetatable({i}, meta)
    sum = sum + o[1] * 2 - i // 3
    if i % 100 == 0 then sum = sum + 0.5 end
  end
  return sum
end
for _, mode in ipairs {"incremental", "generational"} do
  collectgarbage(mode)
  hot.show("noisy", noisy(4000))
  collectgarbage()
  collectgarbage()
  print(runs)
end
collectgarbage("incremental")

-- A finalizer that changes what the loop reads.
local shared = {value = 1}
local function reads(n)
  local seen = 0
  for i = 1, n do
    if i == 500 then
      setmetatable({}, {__gc = function() shared.value = "changed" end})
      collectgarbage()
    end
    if shared.value == "changed" then seen = seen + 1 end
  end
  return seen
end
print(reads(2000))
shared.value = 1
print(reads(600))

-- Big objects, long strings, tables that grow and shrink, closures with their upvalues: under steps all along.
local function pressure(n)
  local list, text, length = {}, "", 0
  for i = 1, n do
    list[i] = string.rep("x", i % 100) .. i
    if i % 200 == 0 then for k = i - 199, i - 10 do list[k] = nil end end
    local up = i
    local f = function() up = up + 1 return up end
    length = length + #list[i] + f() % 3
    collectgarbage("step", 0)
  end
  return length
end
print(pressure(2000))
collectgarbage("generational")
print(pressure(2000))
for i = 1, 20 do collectgarbage("step") end
print(pressure(500))
local function grow(n) local t = {} for i = 1, n do t[i] = {t[i - 1]} end return #t end
print(grow(20000), collectgarbage("incremental"), grow(20000))
local threads = {}
for i = 1, 300 do
  threads[i % 20 + 1] = coroutine.wrap(function(a) local keep = {a} while true do keep[#keep + 1] = coroutine.yield(#keep) end end)
  for k, f in pairs(threads) do f({k}) end
  if i % 30 == 0 then collectgarbage() end
end
print(threads[5]({}))
