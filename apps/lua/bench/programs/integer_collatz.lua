-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Integers of Lua 5.4: the longest way down to one, halving and tripling.
function run(n)
  local longest, best, total = 0, 0, 0
  for start = 1, n do
    local x, steps = start, 0
    while x ~= 1 do
      if x & 1 == 0 then x = x // 2 else x = 3 * x + 1 end
      steps = steps + 1
    end
    total = total + steps
    if steps > longest then longest, best = steps, start end
  end
  return longest .. " " .. best .. " " .. total
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 82500
local size, rounds = tonumber(arg[1]) or 330000, tonumber(arg[2])
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
