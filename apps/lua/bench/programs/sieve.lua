-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Prime numbers by the sieve: booleans in an array.
function run(n)
  local composite, count, last = {}, 0, 0
  for i = 1, n do composite[i] = false end
  for i = 2, n do
    if not composite[i] then
      count = count + 1
      last = i
      for j = i + i, n, i do composite[j] = true end
    end
  end
  return count .. " " .. last
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 1500000
local size, rounds = tonumber(arg[1]) or 6000000, tonumber(arg[2])
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
