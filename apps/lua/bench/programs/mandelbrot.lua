-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The Mandelbrot set: float arithmetic in local variables.
function run(n)
  local inside, steps = 0, 0
  for row = 0, n - 1 do
    local ci = 2.0 * row / n - 1.0
    for column = 0, n - 1 do
      local cr = 2.0 * column / n - 1.5
      local zr, zi, rr, ii = 0.0, 0.0, 0.0, 0.0
      local count = 0
      while count < 60 and rr + ii <= 4.0 do
        zi = 2.0 * zr * zi + ci
        zr = rr - ii + cr
        rr = zr * zr
        ii = zi * zi
        count = count + 1
      end
      steps = steps + count
      if count == 60 then inside = inside + 1 end
    end
  end
  return inside .. " " .. steps
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 450
local size, rounds = tonumber(arg[1]) or 900, tonumber(arg[2])
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
