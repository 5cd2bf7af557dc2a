-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The string library in hot loops: patterns, gsub with each kind of replacement, format, pack, bytes, errors.
local hot = require "hot"
hot.PASSES = 500

hot.run("gsub with a function", function(s) return s:gsub("%w+", function(w) return w:upper() .. #w end) end, "one two three")
hot.run("gsub with a table", function(s) return s:gsub("%w", {a = "1", b = 2.5, c = false}) end, "abcd")
hot.run("gsub with a table that holds true", function(s) return s:gsub("%w", {b = true}) end, "abcd")
hot.run("gsub with nothing", function(s) return s:gsub("%w", function(c) if c == "b" then return false end end) end, "abc")
hot.run("gsub with text", function(s) return s:gsub("(%w)(%w)", "%2%1%%%0") end, "abcdef")
hot.run("gsub bad replacement", function(s) return s:gsub("%w", "%2") end, "abc")
hot.run("gsub bad value", function(s) return s:gsub("%w", function() return {} end) end, "abc")
hot.run("gsub that fails", function(s) return s:gsub("%w", function(c) error("at " .. c, 0) end) end, "abc")
hot.run("gsub limited", function(s) return s:gsub("a", "b", 2), s:gsub("", "-"), s:gsub("x*", "y") end, "aaaa")
hot.run("gsub anchored", function(s) return s:gsub("^a", "b"), s:gsub("a$", "b") end, "aaa")
hot.run("find", function(s) return s:find("l+"), s:find("l", 4), s:find("x"), s:find("o", -3, true), s:find("") end, "hello world")
hot.run("match", function(s) return s:match("(%d+)-(%d+)"), s:match("()%-()"), s:match("%b()"), s:match("%f[%w]%w+") end, "10-20 (a(b)c)")
hot.run("match past the end", function(s) return s:find("", 10), s:find("", 11), s:match(".", -100) end, "123456789")
hot.run("bad patterns", function(p) return ("x"):find(p) end, "[a")
hot.run("bad capture", function(p) return ("x"):find(p) end, "%1")
hot.run("bad end", function(p) return ("x"):find(p) end, "%")
hot.run("gmatch", function(s) local n = 0 for k, v in s:gmatch("(%w+)=(%w+)") do n = n + #k * #v end return n end, "a=1, bc=23, def=456")
hot.run("format", function(a, b, c) return string.format("%5d|%-8s|%.3f|%q|%x|%c|%i|%g|%e|%%|%10.4s|", a, b, c, b, a, 65, a, c, c, b) end, 42, "text", 3.14159)
hot.run("format hexadecimal float", function(c) return string.format("%a", c) end, 0.5)
hot.run("format q", function(c) return string.format("%q %q %q", c, math.mininteger, "a\n\0\r\"\\") end, 0.1)
hot.run("format fails", function() return string.format("%d", "x") end)
hot.run("format lacks", function() return string.format("%d %d", 1) end)
hot.run("format unknown", function() return string.format("%y", 1) end)
hot.run("bytes", function(s) return s:byte(1, -1), s:byte(10), s:byte(-1), string.char(s:byte(2, 3)) end, "abcd")
hot.run("sub", function(s) return s:sub(2, 3), s:sub(-2), s:sub(0), s:sub(5, 2), s:sub(math.mininteger, math.maxinteger) end, "abcd")
hot.run("rep", function(s) return s:rep(3, ","), s:rep(0), s:rep(-1), s:rep(1, "x") end, "ab")
hot.run("rep too large", function(s) return s:rep(1 << 60) end, "ab")
hot.run("reverse and case", function(s) return s:reverse(), s:lower(), s:upper(), s:len() end, "aBc\0d")
hot.run("pack", function() return string.unpack("<i4 z s1 d", string.pack("<i4 z s1 d", -7, "zero", "short", 2.5)) end)
hot.run("pack fails", function() return string.pack("i1", 300) end)
hot.run("unpack fails", function() return string.unpack("i4", "abc") end)
hot.run("packsize", function() return string.packsize("!8 b i8 !4 i4"), string.packsize(">I3 j n") end)
hot.run("utf8", function(s) return utf8.len(s), utf8.codepoint(s, 1, -1) end, "aé€")
hot.run("utf8 codes", function(s) local t = {} for p, c in utf8.codes(s) do t[#t + 1] = p .. ":" .. c end return table.concat(t, " ") end, "aé€𝄞")
hot.run("utf8 fails", function(s) return utf8.len(s), utf8.offset(s, 2), utf8.codepoint(s) end, "\xff")
hot.run("utf8 char", function() return utf8.char(72, 228, 8364, 0x10ffff), utf8.charpattern end)
hot.run("tostring and back", function(x) return tonumber(tostring(x)), tostring(1e15), tostring(-0.0), tostring(2^63), tostring(10 // 1.0) end, 0.1)

local words, counts = {}, {}
for w in (("the quick brown fox jumps over the lazy dog "):rep(60)):gmatch("%a+") do words[#words + 1] = w end
for i, w in ipairs(words) do counts[w] = (counts[w] or 0) + i % 7 end
local keys = {}
for k in pairs(counts) do keys[#keys + 1] = k end
table.sort(keys)
for i, k in ipairs(keys) do keys[i] = k .. "=" .. counts[k] end
print(table.concat(keys, " "))

local function hash(s) local h = 5381 for i = 1, #s do h = (h * 33 + s:byte(i)) & 0xffffffff end return h end
for i = 1, 5 do print(hash(("some text " .. i):rep(300))) end
local function caesar(s, by) return (s:gsub("%a", function(c)
  local base = c:match("%l") and 97 or 65
  return string.char((c:byte() - base + by) % 26 + base)
end)) end
local text = "The Quick Brown Fox"
for i = 1, 520 do text = caesar(text, 1) end
print(text)
local function parse(s)
  local stack = {}
  for token in s:gmatch("%S+") do
    local number = tonumber(token)
    if number then
      stack[#stack + 1] = number
    else
      local b, a = table.remove(stack), table.remove(stack)
      stack[#stack + 1] = token == "+" and a + b or token == "-" and a - b or token == "*" and a * b or a / b
    end
  end
  return stack[1]
end
hot.run("postfix", parse, "3 4 + 2 * 7 / 0x10 - 1e1 *")
