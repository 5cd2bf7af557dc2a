-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Binary trees, made and counted and forgotten: small tables and the collector.
local function make(depth)
  if depth == 0 then return {} end
  return {make(depth - 1), make(depth - 1)}
end

local function count(tree)
  local left = tree[1]
  if not left then return 1 end
  return 1 + count(left) + count(tree[2])
end

function run(n)
  local long_lived, sum = make(n), 0
  for depth = 4, n, 2 do
    local trees = 2 ^ (n - depth + 4)
    for _ = 1, trees do sum = sum + count(make(depth)) end
  end
  return string.format("%d %d", sum, count(long_lived))
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 12
local size, rounds = tonumber(arg[1]) or 14, tonumber(arg[2])
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
