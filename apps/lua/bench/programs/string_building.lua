-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Strings: built piece by piece, joined, searched, replaced.
local words = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}

function run(n)
  local length, found = 0, 0
  for i = 1, n do
    local line = ""
    for j = 1, 12 do
      line = line .. words[(i * j) % 8 + 1] .. (i + j) % 100 .. ","
    end
    local parts = {}
    for part in string.gmatch(line, "%a+") do parts[#parts + 1] = part end
    local joined = table.concat(parts, " ")
    local replaced, count = string.gsub(joined, "eta", string.upper)
    length = length + #line + #replaced
    found = found + count
    if string.find(replaced, "thETA z", 1, true) then found = found + 1 end
  end
  return length .. " " .. found
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 25000
local size, rounds = tonumber(arg[1]) or 100000, tonumber(arg[2])
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
