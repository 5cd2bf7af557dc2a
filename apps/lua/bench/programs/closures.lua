-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Closures: counters, composed functions, map and filter and fold over lists.
local function counter(start, step)
  return function()
    start = start + step
    return start
  end
end

local function compose(f, g) return function(x) return g(f(x)) end end

local function map(list, f)
  local result = {}
  for i = 1, #list do result[i] = f(list[i]) end
  return result
end

local function filter(list, keep)
  local result = {}
  for i = 1, #list do
    if keep(list[i]) then result[#result + 1] = list[i] end
  end
  return result
end

local function fold(list, f, value)
  for i = 1, #list do value = f(value, list[i]) end
  return value
end

function run(n)
  local list = {}
  for i = 1, 100 do list[i] = i end
  local sum = 0
  for i = 1, n do
    local next_value = counter(i, 3)
    local change = compose(function(x) return x + i % 7 end, compose(function(x) return x * 2 end, function(x) return x - next_value() % 5 end))
    local limit = i % 50
    local kept = filter(map(list, change), function(x) return x > limit end)
    sum = (sum + fold(kept, function(a, b) return (a + b) % 65521 end, 0)) % 1000003
  end
  return sum
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 5500
local size, rounds = tonumber(arg[1]) or 22000, tonumber(arg[2])
if not rounds then
  print(run(size))
else
  local first
  for round = 1, rounds do
    local start = os.clock()
    local result = run(size)
    io.stderr:write(string.format("round %d %.6f\n", round, os.clock() - start))
    first = first or result
    if result ~= first then error("round " .. round .. " gave " .. result .. ", the first one " .. first) end
  end
  print(first)
end
