-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The game of life on a torus: integers in a grid, neighbours by index.
local function step(from, to, width, height)
  for y = 1, height do
    local above, here, below = from[y > 1 and y - 1 or height], from[y], from[y < height and y + 1 or 1]
    local row = to[y]
    for x = 1, width do
      local left, right = x > 1 and x - 1 or width, x < width and x + 1 or 1
      local around = above[left] + above[x] + above[right] + here[left] + here[right] + below[left] + below[x] + below[right]
      if around == 3 or (around == 2 and here[x] == 1) then row[x] = 1 else row[x] = 0 end
    end
  end
end

function run(n)
  local width, height = 128, 96
  local a, b, seed = {}, {}, 99
  for y = 1, height do
    a[y], b[y] = {}, {}
    for x = 1, width do
      seed = (seed * 16807) % 2147483647
      a[y][x], b[y][x] = seed % 3 == 0 and 1 or 0, 0
    end
  end
  for _ = 1, n do
    step(a, b, width, height)
    a, b = b, a
  end
  local alive, sum = 0, 0
  for y = 1, height do
    for x = 1, width do
      alive = alive + a[y][x]
      sum = (sum * 2 + a[y][x]) % 1000003
    end
  end
  return alive .. " " .. sum
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 125
local size, rounds = tonumber(arg[1]) or 500, tonumber(arg[2])
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
