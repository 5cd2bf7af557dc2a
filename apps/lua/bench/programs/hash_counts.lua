-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Tables as maps: words counted, numbers grouped, keys added and taken away.
function run(n)
  local counts, groups, seed = {}, {}, 42
  for i = 1, n do
    seed = (seed * 16807) % 2147483647
    local key = "k" .. seed % 5003
    counts[key] = (counts[key] or 0) + 1
    local group = groups[seed % 97]
    if not group then
      group = {sum = 0, members = 0}
      groups[seed % 97] = group
    end
    group.sum = group.sum + seed % 1000
    group.members = group.members + 1
    if i % 10 == 0 then counts["k" .. seed % 1009] = nil end
  end
  local distinct, total, largest = 0, 0, 0
  for _, count in pairs(counts) do
    distinct = distinct + 1
    total = total + count
    if count > largest then largest = count end
  end
  local sum = 0
  for i = 0, 96 do
    local group = groups[i]
    if group then sum = sum + group.sum * (i + 1) + group.members end
  end
  return string.format("%d %d %d %d", distinct, total, largest, sum)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 500000
local size, rounds = tonumber(arg[1]) or 2000000, tonumber(arg[2])
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
