-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Matrices of floats, multiplied: arrays of arrays.
local function matrix(n, seed)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = ((i * seed + j * 7) % 100) / 8 end
    m[i] = row
  end
  return m
end

local function multiply(a, b, n)
  local c = {}
  for i = 1, n do
    local row, result = a[i], {}
    for j = 1, n do
      local sum = 0.0
      for k = 1, n do sum = sum + row[k] * b[k][j] end
      result[j] = sum
    end
    c[i] = result
  end
  return c
end

function run(n)
  local c = multiply(matrix(n, 3), matrix(n, 5), n)
  local trace = 0
  for i = 1, n do trace = trace + c[i][i] - c[i][n - i + 1] / 2 end
  return string.format("%.4f", trace)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 180
local size, rounds = tonumber(arg[1]) or 290, tonumber(arg[2])
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
