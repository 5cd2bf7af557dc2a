-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Coroutines: generators that feed each other.
local yield, wrap = coroutine.yield, coroutine.wrap

local function numbers(n) return wrap(function() for i = 1, n do yield(i) end end) end
local function squares(source) return wrap(function() for x in source do yield(x * x % 10007) end end) end
local function odd(source) return wrap(function() for x in source do if x % 2 == 1 then yield(x) end end end) end

function run(n)
  local sum = 0
  for x in odd(squares(numbers(n))) do sum = (sum + x) % 1000003 end
  return sum
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 425000
local size, rounds = tonumber(arg[1]) or 1700000, tonumber(arg[2])
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
