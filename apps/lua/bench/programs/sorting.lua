-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Sorting: the library with a function that compares, and a quicksort written out.
local function quicksort(list, low, high)
  while low < high do
    local pivot, i, j = list[math.floor((low + high) / 2)], low, high
    while i <= j do
      while list[i] < pivot do i = i + 1 end
      while list[j] > pivot do j = j - 1 end
      if i <= j then
        list[i], list[j] = list[j], list[i]
        i = i + 1
        j = j - 1
      end
    end
    quicksort(list, low, j)
    low = i
  end
end

function run(n)
  local a, b, seed = {}, {}, 7
  for i = 1, n do
    seed = (seed * 16807) % 2147483647
    a[i] = seed
    b[i] = {key = seed % 65536, index = i}
  end
  quicksort(a, 1, n)
  table.sort(b, function(x, y)
    if x.key ~= y.key then return x.key < y.key end
    return x.index > y.index
  end)
  local sum = 0
  for i = 1, n, 100 do sum = (sum * 31 + a[i] + b[i].key * b[i].index) % 1000000007 end
  return string.format("%d", sum)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 70000
local size, rounds = tonumber(arg[1]) or 280000, tonumber(arg[2])
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
