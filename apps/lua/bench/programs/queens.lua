-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Queens that do not attack each other: recursion over arrays.
local function place(row, n, columns, rising, falling)
  if row > n then return 1 end
  local found = 0
  for column = 1, n do
    if not columns[column] and not rising[row + column] and not falling[row - column + n] then
      columns[column], rising[row + column], falling[row - column + n] = true, true, true
      found = found + place(row + 1, n, columns, rising, falling)
      columns[column], rising[row + column], falling[row - column + n] = false, false, false
    end
  end
  return found
end

function run(n)
  local columns, rising, falling = {}, {}, {}
  for i = 1, 2 * n do columns[i], rising[i], falling[i] = false, false, false end
  return place(1, n, columns, rising, falling)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 12
local size, rounds = tonumber(arg[1]) or 13, tonumber(arg[2])
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
