-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Every operator of arithmetic on every pair of kinds: two registers, a constant on the right, a constant on the left.
local hot = require "hot"

local operands = {
  {"0", 0}, {"1", 1}, {"-3", -3}, {"7", 7}, {"100", 100}, {"0x7fffffffffffffff", math.maxinteger},
  {"math.mininteger", math.mininteger}, {"0.0", 0.0}, {"-0.0", -0.0}, {"2.5", 2.5}, {"-7.25", -7.25}, {"1e308", 1e308},
  {"1e999", 1 / 0}, {"2.0^53", 2.0 ^ 53}, {"'10'", "10"}, {"'0x10'", "0x10"}, {"'1e1'", "1e1"}, {"'ten'", "ten"},
  {"nil", nil}, {"true", true}, {"{}", {}},
}
local operators = {"+", "-", "*", "/", "//", "%", "^"}

for _, operator in ipairs(operators) do
  local both = hot.load("return function(a, b) return a " .. operator .. " b end", "=both")
  for round = 1, 8 do
    for _, left in ipairs(operands) do
      local line = {}
      for i, right in ipairs(operands) do
        local ok, value = pcall(both, left[2], right[2])
        if round == 8 then line[i] = ok and hot.text(value) or value end
      end
      if round == 8 then print(left[1] .. " " .. operator, table.concat(line, " | ")) end
    end
  end
end

-- A constant as an operand: numbers that are immediate, numbers in the table of constants, strings.
local constants = {"1", "-1", "127", "-128", "128", "1000", "1.0", "0.5", "-2.0", "0", "0.0", "9223372036854775807", "'3'"}
for _, operator in ipairs(operators) do
  for _, constant in ipairs(constants) do
    local right = hot.load("return function(a) return a " .. operator .. " " .. constant .. " end", "=right")
    local left = hot.load("return function(a) return " .. constant .. " " .. operator .. " a end", "=left")
    for round = 1, 25 do
      local line = {}
      for _, operand in ipairs(operands) do
        for _, f in ipairs {right, left} do
          local ok, value = pcall(f, operand[2])
          if round == 25 then line[#line + 1] = ok and hot.text(value) or value end
        end
      end
      if round == 25 then print(operator, constant, table.concat(line, " | ")) end
    end
  end
end

-- Unary minus, and chains whose kinds change on the way.
for _, operand in ipairs(operands) do
  hot.run("unary minus of " .. operand[1], function(a) return -a end, operand[2])
end
hot.run("wraps around", function()
  local a, b = math.maxinteger, math.mininteger
  return a + 1 == b, b - 1 == a, a * 2, b * -1, -b, a + 1.0, b - 1.0, b // -1, b % -1
end)
hot.run("mixed chain", function(a, b, c) return a + b * c - a / c // 1 % 7 ^ 2, (a + b) // c, (a - b) % c end, 17, 4.0, 5)
hot.run("sum of kinds", function()
  local sum = 0
  for i = 1, 20 do
    if i == 7 then sum = sum + 0.5 elseif i == 11 then sum = sum + "3" else sum = sum + i end
  end
  return sum
end)

-- Powers of which one number is known, to the last bit.
for _, power in ipairs {"x ^ -1", "x ^ 2", "x ^ 0.5", "x ^ -0.5", "x ^ 3", "2 ^ x", "0.5 ^ x", "4.0 ^ x", "10 ^ x", "1 ^ x"} do
  local f = hot.load("return function(x) return " .. power .. " end", "=power")
  local digits, x = 0, 0.25
  for _ = 1, 2000 do
    x = x * 1.0037 + 0.0137
    if x > 30 then x = x - 29.7 end
    digits = (digits * 31 + string.unpack("<i8", string.pack("<d", f(x)))) % 1000000007
  end
  print(power, digits)
end
