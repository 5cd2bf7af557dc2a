-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Loops that count in floats: what makes a loop one, rounding, infinities, steps too small to move.
local hot = require "hot"

local function count(first, last, step)
  local passes, sum, final = 0, 0, nil
  for x = first, last, step do
    passes = passes + 1
    sum = sum + x
    final = x
    if passes == 30 then break end
  end
  return passes, sum, final
end

local edges = {0, 1, -1.5, 2.5, 10, -10, 1 / 0, -1 / 0, 0 / 0, 2.0 ^ 53, math.maxinteger, math.mininteger}
local steps = {1.0, -1.0, 0.1, -0.25, 3.0, 1 / 0, -1 / 0, 0 / 0, 0.0, -0.0, 1e-300}
for round = 1, 4 do
  for _, first in ipairs {0.0, -0.0, 1.5, -7.5, 1 / 0, -1 / 0, 0 / 0, 2.0 ^ 53} do
    for _, step in ipairs(steps) do
      local line = {}
      for _, last in ipairs(edges) do
        local text = hot.texts(pcall(count, first, last, step))
        if round == 4 then line[#line + 1] = text end
      end
      if round == 4 then print(hot.text(first), hot.text(step), table.concat(line, "; ")) end
    end
  end
end

hot.run("a float start", function() local s = 0 for x = 1.0, 4 do s = s + x end return s, math.type(s) end)
hot.run("a float step", function() local s = 0 for x = 1, 2, 0.25 do s = s + x end return s end)
hot.run("a float limit alone counts integers", function() local s = 0 for x = 1, 4.0 do s = s + x end return s end)
hot.run("tenths", function() local n = 0 for x = 0, 1, 0.1 do n = n + 1 end return n end)
hot.run("tenths downwards", function() local n = 0 for x = 1, 0, -0.1 do n = n + 1 end return n end)
hot.run("step is zero", function() for x = 1.0, 10, 0 do return x end end)
hot.run("step is a float zero", function() for x = 1, 10, 0.0 do return x end end)
hot.run("minus zero", function() for x = -0.0, 0 do return 1 / x end end)
hot.run("limit is text", function() for x = 1.0, "10" do return x end end)
hot.run("start is text", function() for x = "1.0", 10.0 do return x end end)
hot.run("step is nil", function(s) for x = 1.0, 10.0, s do return x end end)

local function integrate(n)
  local sum, step = 0.0, 1 / n
  for x = step / 2, 1, step do sum = sum + x * x * step end
  return sum
end
for n = 1000, 6000, 1000 do hot.show("integral", integrate(n)) end

-- The same loop, with integers first and with floats later, and back.
local function either(first, last, step)
  local sum = 0
  for x = first, last, step do sum = sum + x end
  return sum
end
for i = 1, 30 do
  local a, b = either(1, 100, 1), either(1.0, 100, 1)
  if i % 10 == 0 then hot.show("either", a, b, either(0.5, 100, 1), either(100, 1, -1), either(100, 1.5, -1.0)) end
end
