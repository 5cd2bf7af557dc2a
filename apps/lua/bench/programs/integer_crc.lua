-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Integers of Lua 5.4: the cyclic redundancy check of 32 bits, by table.
local table_of_crc = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do
    if c & 1 == 1 then c = 0xEDB88320 ~ (c >> 1) else c = c >> 1 end
  end
  table_of_crc[i] = c
end

local function crc(text, value)
  local c = ~value & 0xffffffff
  for i = 1, #text do c = table_of_crc[(c ~ text:byte(i)) & 0xff] ~ (c >> 8) end
  return ~c & 0xffffffff
end

function run(n)
  local text, value = ("What is summed here is 1000 bytes "):rep(30):sub(1, 1000), 0
  for _ = 1, n do value = crc(text, value) end
  return string.format("%08x", value)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 3000
local size, rounds = tonumber(arg[1]) or 12000, tonumber(arg[2])
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
