-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The bytes of strings: sums and hashes, one byte at a time.
local byte = string.byte

local function adler(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + byte(text, i)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end

local function polynomial(text)
  local h = 0
  for i = 1, #text do h = (h * 257 + byte(text, i)) % 16777213 end
  return h
end

function run(n)
  local text = string.rep("The bytes of this line are what is summed. ", 50)
  local sum = 0
  for i = 1, n do
    local part = text .. i
    sum = (sum + adler(part) + polynomial(part)) % 1000000007
  end
  return string.format("%d", sum)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 1250
local size, rounds = tonumber(arg[1]) or 5000, tonumber(arg[2])
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
