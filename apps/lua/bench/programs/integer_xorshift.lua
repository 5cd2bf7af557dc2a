-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Integers of Lua 5.4: a random number generator of shifts, and sums modulo 2^64.
function run(n)
  local x, sum, ones = 88172645463325252, 0, 0
  for _ = 1, n do
    x = x ~ (x << 13)
    x = x ~ (x >> 7)
    x = x ~ (x << 17)
    sum = sum + (x >> 11)
    ones = ones + (x & 1)
  end
  return string.format("%x %x %d", x, sum, ones)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 10000000
local size, rounds = tonumber(arg[1]) or 40000000, tonumber(arg[2])
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
