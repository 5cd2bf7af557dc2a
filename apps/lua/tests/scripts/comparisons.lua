-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Order and equality: every pair of kinds, in conditions and as values, against registers and constants.
local hot = require "hot"

local big = 1 << 53
local values = {
  {"nil", nil}, {"false", false}, {"true", true}, {"0", 0}, {"1", 1}, {"-1", -1}, {"0.0", 0.0}, {"-0.0", -0.0},
  {"1.5", 1.5}, {"nan", 0 / 0}, {"inf", 1 / 0}, {"-inf", -1 / 0}, {"2^53", big}, {"2^53+1", big + 1},
  {"2.0^53", 2.0 ^ 53}, {"-2^53-1", -big - 1}, {"-2.0^53", -2.0 ^ 53}, {"max", math.maxinteger},
  {"min", math.mininteger}, {"2.0^63", 2.0 ^ 63}, {"-2.0^63", -2.0 ^ 63}, {"below 2.0^63", 2.0 ^ 63 - 1024},
  {"''", ""}, {"'a'", "a"}, {"'a\\0b'", "a\0b"}, {"'a\\0c'", "a\0c"}, {"'10'", "10"}, {"{}", {}}, {"print", print},
}
for _, operator in ipairs {"==", "~=", "<", "<=", ">", ">="} do
  local value = hot.load("return function(a, b) return a " .. operator .. " b end", "=value")
  local condition = hot.load("return function(a, b) if a " .. operator .. " b then return 'then' else return 'else' end end",
    "=condition")
  local loop = hot.load("return function(a, b) local n = 0 while not (a " .. operator
    .. " b) do n = n + 1 if n == 3 then break end end return n end", "=loop")
  for round = 1, 5 do
    for _, left in ipairs(values) do
      local line = {}
      for i, right in ipairs(values) do
        local ok, result = pcall(value, left[2], right[2])
        local _, branch = pcall(condition, left[2], right[2])
        local _, turns = pcall(loop, left[2], right[2])
        if round == 5 then line[i] = ok and (result and "T" or "F") .. branch:sub(1, 1) .. turns or result end
      end
      if round == 5 then print(left[1] .. " " .. operator, table.concat(line, " ")) end
    end
  end
end

-- Constants: immediate integers, immediate floats, constants that must be loaded, strings, nil and booleans.
local constants = {
  "0", "1", "-1", "127", "-128", "128", "129", "1.0", "0.0", "2.5", "1e100", "9007199254740993", "9223372036854775807",
  "'a'", "''", "nil", "true", "false",
}
for _, operator in ipairs {"==", "~=", "<", "<=", ">", ">="} do
  for _, constant in ipairs(constants) do
    local right = hot.load("return function(a) if a " .. operator .. " " .. constant .. " then return 1 end return 0 end",
      "=right")
    local left = hot.load("return function(a) return " .. constant .. " " .. operator .. " a end", "=left")
    for round = 1, 8 do
      local line = {}
      for _, operand in ipairs(values) do
        local _, branch = pcall(right, operand[2])
        local _, value = pcall(left, operand[2])
        if round == 8 then line[#line + 1] = tostring(branch) .. tostring(value) end
      end
      if round == 8 then print(operator, constant, table.concat(line, " ")) end
    end
  end
end

-- Floats beside integers that no float can hold.
hot.run("borders", function(i, f) return i < f, i <= f, f < i, f <= i, i == f, f == i end, big + 1, 2.0 ^ 53)
hot.run("top", function(i, f) return i < f, i <= f, f < i, f <= i, i == f end, math.maxinteger, 2.0 ^ 63)
hot.run("bottom", function(i, f) return i < f, i <= f, f < i, f <= i, i == f end, math.mininteger, -2.0 ^ 63)

-- And, or, not, as values and as conditions.
local function logic(a, b, c)
  local both, either, mixed = a and b, a or b, a and b or c
  local negated = not (a and not b) or not c
  local flag = (a == b) == (b == c)
  if not a and (b or c) then negated = not negated end
  return both, either, mixed, negated, flag
end
local kinds = {false, true, 0, "", 1.5}
for round = 1, 20 do
  for a = 1, 6 do
    for b = 1, 6 do
      for c = 1, 6 do
        local text = hot.texts(logic(kinds[a], kinds[b], kinds[c]))
        if round == 20 then print(a, b, c, text) end
      end
    end
  end
end
