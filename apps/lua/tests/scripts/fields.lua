-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Reading and writing fields: chains of __index and __newindex, raw access, methods, keys of each kind.
local hot = require "hot"

local base = {inherited = "base", number = 1, [1] = "one", [300] = "three hundred"}
function base:method(n) return self.own, n end
local middle = setmetatable({middle = true}, {__index = base})
local object = setmetatable({own = "own"}, {__index = middle})
hot.run("own", function(o) return o.own, o["own"] end, object)
hot.run("inherited", function(o) return o.inherited, o.middle, o.number, o.none end, object)
hot.run("integers", function(o, i) return o[1], o[300], o[i], o[i + 1], o[1.0], o[2] end, object, 1)
hot.run("methods", function(o) return o:method(7) end, object)
hot.run("long name", function(o, k) return o[k], o.a_name_that_is_longer_than_forty_characters_by_far end,
  setmetatable({}, {__index = function(_, k) return #k end}), string.rep("k", 50))

local chain = {deep = "found"}
for _ = 1, 100 do chain = setmetatable({}, {__index = chain}) end
hot.run("a hundred deep", function(o) return o.deep, o.shallow end, chain)
local circle = {}
setmetatable(circle, {__index = circle})
local loop_a, loop_b = {}, {}
setmetatable(loop_a, {__index = loop_b})
setmetatable(loop_b, {__index = loop_a})
for i = 1, 3 do hot.show("in a circle", pcall(function() return loop_a.x end)) end
hot.show("set in a circle", pcall(function()
  local t = setmetatable({}, {})
  getmetatable(t).__newindex = t
  t.x = 1
end))

local log = {}
local watched = setmetatable({present = 1}, {
  __index = function(t, k) log[#log + 1] = "get " .. hot.text(k) return k end,
  __newindex = function(t, k, v) log[#log + 1] = "set " .. hot.text(k) .. " " .. hot.text(v) rawset(t, k, v) end,
})
local function use(t, k)
  local a = t.present + t[1] + #t.absent
  t.present = a
  t[k] = t.other
  t[2] = true
  t["x y"] = nil
  return a
end
for i = 1, 500 do
  log = {}
  watched[1], watched[2], watched.absent, watched.key, watched.other = nil, nil, nil, nil, nil
  rawset(watched, "key", nil)
  watched.present = 1
  local a = use(watched, "key")
  if i % 250 == 0 then print(a, table.concat(log, "; ")) end
end

local store = {}
local proxy = setmetatable({}, {__index = store, __newindex = store})
hot.run("proxy", function(p)
  p.count = (p.count or 0) % 7 + 1
  p[1] = p.count
  p[p.count] = "v"
  return rawget(p, "count"), rawlen(p), store.count ~= nil
end, proxy)

hot.run("rawequal and rawset", function(o) rawset(o, "r", 1) return rawget(o, "r"), rawequal(o, o), rawget(o, "inherited") end,
  object)
hot.run("strings have methods", function(s) return s:upper(), s.len, ("x"):rep(3), s.none, #s end, "text")
hot.run("strings are not written", function(s) s.x = 1 end, "text")
hot.run("numbers have no fields", function(n) return n.x end, 5)
hot.run("nil has no fields", function(n) return n.x.y end, {})
hot.run("boolean is not written", function(n) n[1] = 2 end, true)

local kinds = {"string", 1, 1.5, true, print, object, math.maxinteger, math.mininteger, 1e300}
hot.run("keys of each kind", function()
  local t, found = {}, 0
  for i, key in ipairs(kinds) do t[key] = i end
  for i, key in ipairs(kinds) do if t[key] == i then found = found + 1 end end
  for _, key in ipairs(kinds) do t[key] = nil end
  return found, next(t)
end)

-- A field that comes and goes: what was absent is found in the metatable, then in the object, then gone.
local function read(o) return o.flag end
local flags = setmetatable({}, {__index = {flag = "inherited"}})
local seen = {}
for i = 1, 3000 do
  if i % 1000 == 400 then flags.flag = "own" elseif i % 1000 == 700 then flags.flag = nil end
  local v = read(flags)
  seen[v] = (seen[v] or 0) + 1
end
print(seen.own, seen.inherited)

-- Setting where __newindex is absent, present, a function, a table, and gone again.
local target = {}
local meta = {}
local subject = setmetatable({}, meta)
local function write(o, v) o.value = v end
for phase = 1, 4 do
  if phase == 2 then meta.__newindex = target end
  if phase == 3 then meta.__newindex = function(o, k, v) target[k] = -v end end
  if phase == 4 then meta.__newindex = nil end
  for i = 1, 700 do
    rawset(subject, "value", nil)
    write(subject, i)
  end
  print(phase, rawget(subject, "value"), target.value)
end
