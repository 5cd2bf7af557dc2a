-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Strings as numbers and numbers as strings, wherever the language turns one into the other.
local hot = require "hot"
hot.PASSES = 400

local texts = {
  "10", " 10 ", "0x1p4", "0x.8", "1e2", "1e", "", " ", "0x", "10 20", "9223372036854775807", "9223372036854775808",
  "-9223372036854775808", "0xffffffffffffffffff", "inf", "nan", "1_000", "\t7\n", "1\0", "- 1", "--1", ".5", "5.",
}
for _, text in ipairs(texts) do
  hot.run(string.format("add %q", text), function(a) return a + 1, 1 + a, a * 2, -a end, text)
  hot.run(string.format("bits %q", text), function(a) return a | 0, ~a end, text)
  hot.run(string.format("tonumber %q", text), function(a) return tonumber(a), math.tointeger(a) end, text)
end
for base = 2, 36, 17 do
  hot.run("base " .. base, function(a) return tonumber("10", a), tonumber("-z", a), tonumber("1e1", a) end, base)
end

local numbers = {0, -0.0, 1, 1.0, -1.5, 1e15, 1e16, 1e100, 2.0 ^ 53, 2.0 ^ 63, 1 / 0, -1 / 0, 0.1, 1 / 3, math.mininteger}
for _, number in ipairs(numbers) do
  hot.run("concat " .. tostring(number), function(a) return a .. "", "" .. a, a .. a, #(a .. "|") end, number)
  hot.run("as an integer " .. tostring(number), function(a) return math.tointeger(a), math.type(a), a // 1 end, number)
  hot.run("as a key " .. tostring(number), function(a)
    local t = {}
    t[a] = "value"
    return t[a], t[a // 1], (next(t))
  end, number)
end
hot.run("a NaN is no key", function(a) local t = {} t[a] = 1 end, 0 / 0)
hot.run("a nil is no key", function(a) local t = {} t[a] = 1 end, nil)
hot.run("reading by NaN and nil", function(t, a) return t[a], t[nil] end, {}, 0 / 0)
hot.run("no integer", function(a) return a | 1 end, 1.5)
hot.run("too large", function(a) return a | 1 end, 2.0 ^ 63)
hot.run("comparing does not convert", function(a) return a < 5 end, "1")
hot.run("comparing text", function(a) return "10" < a, a <= "9" end, "9")
hot.run("equality does not convert", function(a) return a == 1, a == "1" end, "1")
hot.run("string functions take numbers", function(a) return string.rep(a, 2), ("x"):rep(2.0), string.len(a) end, 12)
hot.run("string functions refuse", function(a) return ("x"):rep(a) end, 2.5)
hot.run("format", function(a) return string.format("%d %5.1f %s %x", "3", "2.25", a, 255.0) end, 1.0)
hot.run("format refuses", function(a) return string.format("%d", a) end, "2.5")

local sum = 0
for i = 1, 5000 do
  local text = tostring(i)
  sum = sum + text
  if i % 1000 == 0 then sum = sum .. "" end
  if i % 1700 == 0 then sum = sum + "0x10" end
end
hot.show("sum", sum)
