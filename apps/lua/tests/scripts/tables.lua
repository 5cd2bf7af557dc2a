-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The table library and iteration in hot loops: sort with functions that fail, insert, remove, move, concat, next.
local hot = require "hot"
hot.PASSES = 500

local function numbers(n)
  local t, x = {}, 12345
  for i = 1, n do
    x = (x * 1103515245 + 12345) % 2147483648
    t[i] = x % 1000
  end
  return t
end
for n = 0, 1000, 250 do
  local t, u, v = numbers(n), numbers(n), numbers(n)
  table.sort(t)
  table.sort(u, function(a, b) return a > b end)
  table.sort(v, function(a, b) if a % 10 ~= b % 10 then return a % 10 < b % 10 end return a < b end)
  for i = 2, n do if t[i - 1] > t[i] or u[i - 1] < u[i] or v[i - 1] % 10 > v[i] % 10 then print "not sorted" end end
  print(n, t[1], t[n], u[1], v[1], v[n])
end
hot.run("sort with an error", function() table.sort({3, 1, 2}, function(a, b) error("in order", 0) end) end)
hot.run("sort of kinds", function() table.sort({3, "x", 2}) end)
hot.run("sort without order", function()
  local t = numbers(100)
  table.sort(t, function(a, b) return true end)
end)
hot.run("sort of text", function() local t = {"b", "a", "B", "ab", ""} table.sort(t) return table.concat(t, ",") end)
hot.run("sort of objects", function()
  local meta = {__lt = function(a, b) return a.k < b.k end}
  local t = {}
  for i, k in ipairs {3, 1, 2} do t[i] = setmetatable({k = k}, meta) end
  table.sort(t)
  return t[1].k, t[2].k, t[3].k
end)
local calls = 0
for round = 1, 60 do
  local t = numbers(30)
  local limit = round * 3
  local ok, e = pcall(table.sort, t, function(a, b) calls = calls + 1 limit = limit - 1 if limit == 0 then error("limit", 0) end return a < b end)
  if not ok and e ~= "limit" then print(e) end
end
print(calls)

hot.run("insert and remove", function()
  local t = {}
  for i = 1, 10 do table.insert(t, i) end
  table.insert(t, 1, "first")
  table.insert(t, 6, "middle")
  local a, b, c = table.remove(t), table.remove(t, 1), table.remove(t, 3)
  return a, b, c, #t, table.concat(t, ",")
end)
hot.run("remove from nothing", function() return table.remove({}), table.remove({}, 0), #{} end)
hot.run("bad position", function() return table.insert({1}, 5, 2) end)
hot.run("bad count", function() return table.insert({1}, 1, 2, 3) end)
hot.run("remove bad position", function() return table.remove({1}, 7) end)
hot.run("move", function() return table.concat(table.move({1, 2, 3, 4}, 2, 4, 1), ","), table.concat(table.move({1, 2, 3}, 1, 3, 3), ",") end)
hot.run("move too far", function() return table.move({}, 1, math.maxinteger, 2) end)
hot.run("concat", function() return table.concat({1, 2.5, "x"}, "-", 2, 3), table.concat({}), table.concat({1, 2}, ",", 3) end)
hot.run("concat of holes", function() return table.concat({1, nil, 3}, ",") end)
hot.run("through metamethods", function()
  local store = {5, 4, 3}
  local p = setmetatable({}, {__index = store, __newindex = store, __len = function() return #store end})
  table.insert(p, 2)
  table.sort(p)
  return table.concat(p, ","), table.unpack(p), rawlen(p)
end)
hot.run("next", function() local t = {1, 2} return next(t), next(t, 1), next(t, 2), next({}), type(next) end)
hot.run("next of no key", function() return next({}, "none") end)
hot.run("ipairs stops", function() local n = 0 for i in ipairs {1, 2, nil, 4} do n = i end return n end)
hot.run("ipairs through __index", function()
  local s = 0
  for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i < 6 then return i * i end end})) do s = s + v end
  return s
end)
hot.run("clearing in a loop", function()
  local t, n = {}, 0
  for i = 1, 20 do t[i] = i t["k" .. i] = i end
  for k in pairs(t) do t[k] = nil n = n + 1 end
  return n, next(t)
end)
hot.run("changing in a loop", function()
  local t, s = {a = 1, b = 2, c = 3}, 0
  for k, v in pairs(t) do t[k] = v * 10 end
  for _, v in pairs(t) do s = s + v end
  return s
end)
hot.run("length with borders", function() local t = {1, 2, 3} t[#t + 1] = 4 t[#t] = nil return #t, #{1, 2, nil}, #"abc" end)

local function sieve(n)
  local flags, count = {}, 0
  for i = 2, n do flags[i] = true end
  for i = 2, n do
    if flags[i] then
      count = count + 1
      for j = i * i, n, i do flags[j] = false end
    end
  end
  return count
end
for n = 1000, 9000, 4000 do print(n, sieve(n)) end
local function matrix(n)
  local a, b, c = {}, {}, {}
  for i = 1, n do
    a[i], b[i], c[i] = {}, {}, {}
    for j = 1, n do a[i][j], b[i][j] = i + j, i - j / 2 end
  end
  for i = 1, n do
    for j = 1, n do
      local s = 0
      for k = 1, n do s = s + a[i][k] * b[k][j] end
      c[i][j] = s
    end
  end
  return c[1][1], c[n][n], c[1][n]
end
hot.show("matrix", matrix(25))
local queue = {first = 1, last = 0}
local sum = 0
for i = 1, 5000 do
  queue.last = queue.last + 1
  queue[queue.last] = i
  if i % 3 == 0 then
    sum = sum + queue[queue.first]
    queue[queue.first] = nil
    queue.first = queue.first + 1
  end
end
print(sum, queue.last - queue.first)
