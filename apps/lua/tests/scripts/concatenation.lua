-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Chains of `..` of every length, with numbers, long strings and metamethods.
local hot = require "hot"

hot.run("two", function(a, b) return a .. b end, "a", "b")
hot.run("numbers", function(a, b) return a .. b .. 1 .. 2.0 .. -3 end, 10, 2.5)
hot.run("empty parts", function(a) return "" .. a .. "" .. "" .. a .. "" end, "x")
hot.run("right to left", function(a, b, c) return (a .. b) .. c, a .. (b .. c) end, 1, 2, 3)
hot.run("nil in the middle", function(a) return "x" .. a .. "y" end, nil)
hot.run("boolean at the end", function(a) return "x" .. 1 .. a end, true)
hot.run("a field at the start", function(t) return t.field .. "y" end, {})

local meta = {name = "joined"}
meta.__concat = function(a, b)
  local left = type(a) == "table" and a.text or a
  local right = type(b) == "table" and b.text or b
  return setmetatable({text = "(" .. left .. right .. ")"}, meta)
end
local object = setmetatable({text = "o"}, meta)
hot.run("object first", function(o) return (o .. "a" .. "b" .. 3).text end, object)
hot.run("object last", function(o) return ("a" .. "b" .. 3 .. o).text end, object)
hot.run("object in the middle", function(o) return ("a" .. 1 .. o .. "b" .. 2).text end, object)
hot.run("objects alone", function(o) return (o .. o .. o).text end, object)

local long = string.rep("long ", 100)
hot.run("long strings", function(a) return #(a .. "x" .. a .. 1 .. a) end, long)
hot.run("thirty", function(a)
  return a .. 1 .. a .. 2 .. a .. 3 .. a .. 4 .. a .. 5 .. a .. 6 .. a .. 7 .. a .. 8 .. a .. 9 .. a .. 10 .. a .. 11
    .. a .. 12 .. a .. 13 .. a .. 14 .. a .. 15
end, "-")

local many = {}
for i = 1, 150 do many[i] = "a" end
hot.run("a hundred and fifty", hot.load("return function(a) return " .. table.concat(many, " .. ") .. " end"), "xy")

local text = ""
for i = 1, 3000 do
  text = text .. i % 10
  if #text > 500 then text = text:sub(-20) end
end
print(text)

local pieces = {}
for i = 1, 2000 do pieces[#pieces + 1] = i .. ":" .. i / 4 .. ";" end
local all = table.concat(pieces)
print(#all, all:sub(1, 60), all:sub(-60))

-- Short strings are one object, long strings compare by content.
hot.run("equal strings", function(a, b)
  local short, other = a .. b, b .. a
  local t = {[a .. b .. "key"] = 1, [string.rep(a, 60) .. b] = 2}
  return short == "ab", short == other, t.abkey, t[string.rep("a", 60) .. "b"]
end, "a", "b")
