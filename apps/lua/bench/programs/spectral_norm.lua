-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The largest singular value of an infinite matrix: a function called for each element.
local function element(i, j)
  local k = i + j - 2
  return 1 / (k * (k + 1) / 2 + i)
end

local function multiply(x, y, n)
  for i = 1, n do
    local sum = 0
    for j = 1, n do sum = sum + element(i, j) * x[j] end
    y[i] = sum
  end
end

local function multiply_transposed(x, y, n)
  for i = 1, n do
    local sum = 0
    for j = 1, n do sum = sum + element(j, i) * x[j] end
    y[i] = sum
  end
end

function run(n)
  local u, v, w = {}, {}, {}
  for i = 1, n do u[i] = 1 end
  for _ = 1, 8 do
    multiply(u, w, n)
    multiply_transposed(w, v, n)
    multiply(v, w, n)
    multiply_transposed(w, u, n)
  end
  local uv, vv = 0, 0
  for i = 1, n do
    uv = uv + u[i] * v[i]
    vv = vv + v[i] * v[i]
  end
  return string.format("%.9f", math.sqrt(uv / vv))
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 380
local size, rounds = tonumber(arg[1]) or 750, tonumber(arg[2])
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
