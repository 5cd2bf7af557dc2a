-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Coroutines: yields across pcall, metamethods, iterators and sort of calls; wrap, close, status, errors, depth.
local hot = require "hot"
hot.PASSES = 500
local yield, wrap, create, resume, status = coroutine.yield, coroutine.wrap, coroutine.create, coroutine.resume, coroutine.status

-- All that a coroutine yields, and what it returns, fed with numbers.
local function collect(f, ...)
  local co, log, feed = create(f), {}, 0
  local results = table.pack(resume(co, ...))
  while status(co) == "suspended" and feed < 50 do
    log[#log + 1] = hot.texts(table.unpack(results, 2, results.n))
    feed = feed + 1
    results = table.pack(resume(co, feed))
  end
  return table.concat(log, ";"), status(co), table.unpack(results, 1, results.n)
end

hot.run("plain", collect, function(a, b) local c = yield(a) local d, e = yield(b, c) return c, d, e end, "a", "b")
hot.run("in a loop", collect, function() local s = 0 for i = 1, 10 do s = s + yield(i) end return s end)
hot.run("across pcall", collect, function()
  local ok, v = pcall(function() local x = yield(1) if x == 1 then error("thrown " .. yield(2), 0) end end)
  return ok, v, pcall(yield, 3)
end)
hot.run("across nested pcalls", collect, function()
  return pcall(pcall, pcall, function() yield(1) error("e", 0) end)
end)
hot.run("across xpcall", collect, function()
  return xpcall(function() yield(1) local x = nil + 1 end, function(e) return "handled " .. #e end)
end)
local meta = {name = "yielder"}
for _, event in ipairs {"add", "sub", "mul", "unm", "concat", "len", "idiv", "band", "shl", "call", "index"} do
  meta["__" .. event] = function(a, b) return yield(event, type(b)) end
end
meta.__eq = function() return yield("eq") == 1 end
meta.__lt = function() return yield("lt") % 2 == 0 end
meta.__le = function() return yield("le") % 2 == 0 end
meta.__newindex = function(t, k, v) yield("newindex", k, v) end
local function object() return setmetatable({}, meta) end
hot.run("arithmetic", collect, function() local o = object() return o + 1, 1 - o, o * o, -o, o // 2.5, o & 1, 1 << o end)
hot.run("concat", collect, function() local o = object() return "a" .. o, o .. "b", "a" .. "b" .. o .. "c" .. 1 end)
hot.run("length and call", collect, function() local o = object() return #o, o(1), o(2, 3) end)
hot.run("tail call", collect, function() local o = object() return o("tail") end)
hot.run("index", collect, function() local o = object() o.x = 5 o[1] = 6 local k = "k" o[k] = 7 return o.y, o[1], o[k], o[1.5] end)
hot.run("method", collect, function() local o = setmetatable({}, {__index = function(_, k) yield(k) return function(_, x) return x end end}) return o:m(9) end)
hot.run("comparisons", collect, function()
  local a, b = object(), object()
  local r = {}
  r[1] = a == b r[2] = a ~= b r[3] = a < b r[4] = a <= b r[5] = a > b r[6] = a >= b r[7] = a < 5 r[8] = 5 <= a r[9] = not (a == b)
  local s = ""
  for i = 1, 9 do s = s .. (r[i] and "T" or "F") end
  if a < b then s = s .. "then" else s = s .. "else" end
  if not (a <= 3) then s = s .. "not" end
  while a > b do s = s .. "w" end
  return s
end)
hot.run("iterator", collect, function()
  local s = 0
  for i, v in function(_, i) if i < 5 then return i + 1, yield("next " .. i) end end, nil, 0 do s = s + i * v end
  return s
end)
hot.run("wrap as an iterator", function()
  local s = 0
  for a, b in wrap(function() for i = 1, 6 do yield(i, i * i) end end) do s = s + a * b end
  return s
end)
hot.run("generators in generators", function()
  local function range(n) return wrap(function() for i = 1, n do yield(i) end end) end
  local function filter(g, k) return wrap(function() for i in g do if i % k ~= 0 then yield(i) end end end) end
  local s = 0
  for i in filter(filter(range(50), 2), 3) do s = s + i end
  return s
end)
hot.run("permutations", function()
  local function permute(a, n)
    if n == 0 then yield(table.concat(a)) return end
    for i = 1, n do
      a[n], a[i] = a[i], a[n]
      permute(a, n - 1)
      a[n], a[i] = a[i], a[n]
    end
  end
  local all = {}
  for p in wrap(function() permute({"a", "b", "c"}, 3) end) do all[#all + 1] = p end
  return table.concat(all, " ")
end)
hot.run("deep", collect, function()
  local function down(n) if n == 0 then return yield("bottom") end return down(n - 1) + 1 end
  return down(150)
end)
hot.run("varargs", collect, function(...) return select("#", yield(...)), yield(), yield(nil, nil) end, 1, nil, nil)
hot.run("dead", function() local co = create(function() end) resume(co) return resume(co) end)
hot.run("dead wrap", function() local f = wrap(function() return 1 end) f() return f() end)
hot.run("resume itself", function() local co co = create(function() return resume(co) end) return resume(co) end)
hot.run("wrap itself", function() local f f = wrap(function() return f() end) return f() end)
hot.run("error with position", function() return resume(create(function() error("x") end)) end)
hot.run("error in wrap", function() wrap(function() error("x") end)() end)
hot.run("error of a table in wrap", function() local t = {} local ok, e = pcall(wrap(function() error(t) end)) return e == t end)
hot.run("yield outside", function() return yield(1) end)
hot.run("across a sort", collect, function() table.sort({3, 2, 1}, function(a, b) yield() return a < b end) end)
hot.run("across gsub", collect, function() return ("abc"):gsub(".", function(c) return yield(c) end) end)
hot.run("status and running", function()
  local main, is_main = coroutine.running()
  local co co = create(function()
    local inner = create(function() return status(co) end)
    local me, m = coroutine.running()
    return status(co), select(2, resume(inner)), m, me == co, coroutine.isyieldable()
  end)
  return is_main, coroutine.isyieldable(), status(co), resume(co)
end)
hot.run("close", function()
  local co = create(function() yield() end)
  resume(co)
  local a = coroutine.close(co)
  return a, status(co), coroutine.close(create(print)), resume(co)
end)
hot.run("close itself", function() local co co = create(function() return coroutine.close(co) end) return resume(co) end)
hot.run("close after an error", function() local co = create(error) resume(co, "e") return coroutine.close(co) end)

-- Loops that are hot inside of a coroutine, resumed ten thousand times, and one passed between several.
local function producer(n)
  return wrap(function()
    local a, b = 0, 1
    for i = 1, n do
      a, b = b, (a + b) % 1000007
      if i % 2 == 0 then yield(a, i) end
    end
    return "done"
  end)
end
for round = 1, 3 do
  local p, sum = producer(6000), 0
  while true do
    local v = p()
    if v == "done" then break end
    sum = sum + v
  end
  print(round, sum)
end
local ring = {}
for k = 1, 10 do
  ring[k] = create(function(x) while true do for j = 1, k do x = (x * 31 + j) % 65537 end x = yield(x) end end)
end
local x = 1
for i = 1, 5000 do
  local _
  _, x = resume(ring[i % 10 + 1], x)
end
print(x)

-- Many alive, half of them collected in the middle.
local alive = {}
for i = 1, 1000 do
  alive[i] = wrap(function() local keep = {i} for j = 1, 100 do yield(keep[1] + j) end end)
  alive[i]()
  if i % 100 == 0 then
    for j = i - 99, i, 2 do alive[j] = nil end
    collectgarbage("step")
  end
end
local sum = 0
for i = 2, 1000, 2 do sum = sum + alive[i]() end
print(sum)

-- A table of the yielded kinds: integer, float, text, nothing.
local changing = wrap(function() local kinds = {1, 0.5, "3"} local i = 0 while true do i = i + 1 yield(kinds[i % 3 + 1]) end end)
local total = 0
for i = 1, 3000 do total = total + changing() end
hot.show("total", total)
