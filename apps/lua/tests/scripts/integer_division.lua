-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Floor division and modulo: by zero, of negatives, of the least integer by -1, of floats and infinities.
local hot = require "hot"

local numbers = {
  0, 1, -1, 2, -2, 3, -3, 7, -7, 10, math.maxinteger, math.mininteger, math.mininteger + 1, 0.0, -0.0, 0.5, -0.5, 3.0,
  -3.0, 5.3, -5.3, 1 / 0, -1 / 0, 0 / 0, 1e15, 2.0 ^ 63, -2.0 ^ 63,
}
local function divide(a, b) return a // b end
local function modulo(a, b) return a % b end
for round = 1, 6 do
  for _, a in ipairs(numbers) do
    local line = {}
    for _, b in ipairs(numbers) do
      local _, quotient = pcall(divide, a, b)
      local _, rest = pcall(modulo, a, b)
      if round == 6 then line[#line + 1] = hot.text(quotient) .. "," .. hot.text(rest) end
    end
    if round == 6 then print(hot.text(a), table.concat(line, " ")) end
  end
end

hot.run("constant zero divides", function(a) return a // 0 end, 5)
hot.run("constant zero modulo", function(a) return a % 0 end, 5)
hot.run("float zero divides", function(a) return a // 0.0, a % 0.0, -a // 0.0 end, 5)
hot.run("by -1", function(a) return a // -1, a % -1 end, math.mininteger)
hot.run("by constant -1 of least", function(a) return a // -1 + 0, a % -1 + 0 end, math.mininteger)
hot.run("constant over register", function(b) return 7 // b, 7 % b, -7 // b, -7 % b, 7.5 // b, -7.5 % b end, -2)
hot.run("fmod", function(a, b) return math.fmod(a, b), math.fmod(a + 0.0, b) end, -7, 3)

-- In a loop, the zero arrives late.
local function late(limit)
  local sum = 0
  for i = limit, -1, -1 do sum = sum + 1000 // i + 1000 % i end
  return sum
end
for i = 1, 40 do
  local ok, message = pcall(late, 100)
  if i % 13 == 1 then print(ok, message) end
end

-- The identity a == (a // b) * b + a % b holds for integers of every sign.
local broken = 0
for a = -40, 40 do
  for b = -9, 9 do
    if b ~= 0 and a ~= (a // b) * b + a % b then broken = broken + 1 end
    if b ~= 0 and a % b ~= 0 and (a % b < 0) ~= (b < 0) then broken = broken + 1 end
  end
end
print("identity broken", broken)
