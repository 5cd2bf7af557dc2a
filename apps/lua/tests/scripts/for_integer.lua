-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Loops that count in integers: every edge of the range, steps of either sign, limits of other kinds.
local hot = require "hot"

local function count(first, last, step)
  local passes, sum, final = 0, 0, nil
  for i = first, last, step do
    passes = passes + 1
    sum = sum + i
    final = i
    if passes == 50 then break end
  end
  return passes, sum, final
end

local max, min = math.maxinteger, math.mininteger
local edges = {0, 1, -1, 3, 10, -10, max, max - 1, min, min + 1, 2.5, -2.5, 1 / 0, -1 / 0, 0 / 0, 2.0 ^ 63, -2.0 ^ 63}
local steps = {1, -1, 2, -3, 7, max, min, max - 1, 0}
for round = 1, 3 do
  for _, first in ipairs {0, 1, -1, 10, max, max - 2, min, min + 2} do
    for _, step in ipairs(steps) do
      local line = {}
      for _, last in ipairs(edges) do
        local text = hot.texts(pcall(count, first, last, step))
        if round == 3 then line[#line + 1] = text end
      end
      if round == 3 then print(first, step, table.concat(line, "; ")) end
    end
  end
end

hot.run("to the greatest", function() local n = 0 for i = max - 3, max do n = n + i % 7 end return n end)
hot.run("to the least", function() local n = 0 for i = min + 3, min, -1 do n = n + i % 7 end return n end)
hot.run("limit is a float", function() local n = 0 for i = 1, 3.99 do n = n + i end return n end)
hot.run("limit is huge", function() local n = 0 for i = max - 1, math.huge do n = n + 1 end return n end)
hot.run("limit is a NaN", function() local n = 0 for i = 1, 0 / 0 do n = n + 1 end return n end)
hot.run("not entered", function() for i = 1, 0 do return "entered" end return "not entered" end)
hot.run("step is zero", function() for i = 1, 10, 0 do return i end end)
hot.run("limit is text", function() for i = 1, "10" do return i end end)
hot.run("start is text", function() for i = "1", 10 do return i end end)
hot.run("step is text", function() for i = 1, 10, "1" do return i end end)
hot.run("start is nil", function(x) for i = x, 10 do return i end end)
hot.run("limit is a table", function(x) for i = 1, x do return i end end, {})

-- The variable is the body's own: what it is set to does not count.
hot.run("variable is set", function()
  local seen = {}
  for i = 1, 5 do
    seen[#seen + 1] = i
    i = i * 10
    seen[#seen + 1] = i
    i = "text"
  end
  return table.concat(seen, ",")
end)

-- Long loops, to be entered in the middle by whoever compiles them.
local function nested(n)
  local sum = 0
  for i = 1, n do
    for j = i, n, 3 do
      if (i + j) % 5 == 0 then goto continue end
      for k = j, j + 2 do sum = sum + i * j - k end
      if sum > 1 << 40 then break end
      ::continue::
    end
  end
  return sum
end
for n = 20, 160, 20 do print(n, nested(n)) end

-- A while and a repeat with the same work.
local function loops(n)
  local a, i = 0, 0
  while i < n do i = i + 1 a = a + i * i % 7 end
  local b = 0
  repeat
    local last = i
    b = b + last % 3
    i = i - 1
  until last == 1
  return a, b
end
for i = 1, 5 do print(loops(i * 2000)) end
