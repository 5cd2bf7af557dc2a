-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Fibonacci numbers by recursion: calls and comparisons, nothing else.
local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

function run(n) return fib(n) end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 32
local size, rounds = tonumber(arg[1]) or 35, tonumber(arg[2])
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
