-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The operators on bits: integers, floats that are integers, strings, shifts past the width, and what is refused.
local hot = require "hot"

local operands = {
  {"0", 0}, {"1", 1}, {"-1", -1}, {"0xff", 0xff}, {"1 << 62", 1 << 62}, {"least", math.mininteger},
  {"3.0", 3.0}, {"-0.0", -0.0}, {"2.5", 2.5}, {"2^53", 2.0 ^ 53}, {"2^63", 2.0 ^ 63}, {"inf", 1 / 0}, {"nan", 0 / 0},
  {"'5'", "5"}, {"'5.0'", "5.0"}, {"'5.5'", "5.5"}, {"'x'", "x"}, {"nil", nil}, {"{}", {}},
}
for _, operator in ipairs {"&", "|", "~", "<<", ">>"} do
  local both = hot.load("return function(a, b) return a " .. operator .. " b end", "=both")
  for round = 1, 10 do
    for _, left in ipairs(operands) do
      local line = {}
      for i, right in ipairs(operands) do
        local ok, value = pcall(both, left[2], right[2])
        if round == 10 then line[i] = ok and hot.text(value) or value end
      end
      if round == 10 then print(left[1] .. " " .. operator, table.concat(line, " | ")) end
    end
  end
  for _, constant in ipairs {"0", "1", "-1", "63", "64", "-64", "127", "0xffff", "0xffffffffff", "3.0", "'7'"} do
    local right = hot.load("return function(a) return a " .. operator .. " " .. constant .. " end", "=right")
    local left = hot.load("return function(a) return " .. constant .. " " .. operator .. " a end", "=left")
    for round = 1, 30 do
      local line = {}
      for _, operand in ipairs(operands) do
        for _, f in ipairs {right, left} do
          local ok, value = pcall(f, operand[2])
          if round == 30 then line[#line + 1] = ok and hot.text(value) or value end
        end
      end
      if round == 30 then print(operator, constant, table.concat(line, " | ")) end
    end
  end
end

for _, operand in ipairs(operands) do
  hot.run("not of " .. operand[1], function(a) return ~a end, operand[2])
end

local line = {}
for shift = -66, 66 do
  line[#line + 1] = string.format("%x:%x", 0xf00000000000000f << shift, 0xf00000000000000f >> shift)
end
print(table.concat(line, " "))

local function checksum(n)
  local a, b = 1, 0
  for i = 1, n do
    a = (a * 6364136223846793005 + i) ~ (a >> 29)
    b = (b << 1 | b >> 63) ~ a & 0xffffffff
    if i & 7 == 0 then b = ~b end
  end
  return a, b
end
for i = 1, 6 do hot.show("checksum", checksum(i * 700)) end
