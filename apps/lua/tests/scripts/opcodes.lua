-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Each instruction in a form of its own, hot; the names are those of the 5.4 virtual machine.
local hot = require "hot"
local up, table_up, method_up = 1, {field = 1, [1] = 2}, {}
function method_up.f(self, x) return x end

local opcodes = {
  {"MOVE", function(a) local b = a local c = b return c end, 5},
  {"LOADI", function() local a, b = 65535, -65535 return a, b end},
  {"LOADF", function() local a, b = 65535.0, -3.0 return a, b end},
  {"LOADK", function() local a, b, c = 65537, 0.1, "text" return a, b, c end},
  {"LOADFALSE", function() local a = false return a end},
  {"LFALSESKIP", function(a, b) local c = a == b local d = a ~= b return c, d end, 1, 1},
  {"LOADTRUE", function() local a = true return a end},
  {"LOADNIL", function() local a, b, c, d return a, b, c, d end},
  {"GETUPVAL", function() return up end},
  {"SETUPVAL", function() up = up + 1 up = 1 return up end},
  {"GETTABUP", function() return table_up.field, math ~= nil end},
  {"GETTABLE", function(t, k) return t[k], t[k + 1] end, {7, 8}, 1},
  {"GETI", function(t) return t[1], t[255], t[2] end, {7, [255] = 9}},
  {"GETFIELD", function(t) return t.a, t.b end, {a = 1}},
  {"SETTABUP", function() table_up.field = 5 table_up.field = nil table_up.field = "x" return table_up.field end},
  {"SETTABLE", function(t, k, v) t[k] = v t[k] = 10 t[v] = nil return t[k] end, {}, 1, 2},
  {"SETI", function(t, v) t[1] = v t[2] = 3 t[255] = nil return t[1], t[2] end, {}, "v"},
  {"SETFIELD", function(t, v) t.a = v t.b = 1.5 t.c = nil return t.a, t.b, t.c end, {}, "v"},
  {"NEWTABLE", function() local a, b, c = {}, {1, 2}, {x = 1} return #a, #b, c.x end},
  {"SELF", function(o, k) return o:f(3), o.f(o, 4) end, method_up},
  {"SELF constant", function() return method_up:f("x"), ("text"):len() end},
  {"ADDI", function(a) return a + 1, a - 1, 127 + a, a - 100 end, 5},
  {"ADDI float", function(a) return a + 1, a - 1, 127 + a end, 5.5},
  {"ADDK", function(a) return a + 1000, a + 0.5, 1000 + a end, 5},
  {"SUBK", function(a) return a - 1000, a - 0.5 end, 5},
  {"MULK", function(a) return a * 1000, a * 0.5, 3 * a end, 5},
  {"MODK", function(a) return a % 1000, a % 0.75, a % -3 end, 5},
  {"POWK", function(a) return a ^ 2, a ^ 0.5, a ^ -1 end, 5},
  {"DIVK", function(a) return a / 2, a / 0.5, a / 0 end, 5},
  {"IDIVK", function(a) return a // 2, a // 0.5, a // -3 end, 5},
  {"BANDK", function(a) return a & 12, a & 0xfff, 7 & a end, 13},
  {"BORK", function(a) return a | 16, a | 0xfff0, 7 | a end, 13},
  {"BXORK", function(a) return a ~ 5, a ~ 0xfff, 7 ~ a end, 13},
  {"SHRI", function(a) return a >> 1, a >> 64, a << 3, a >> -2 end, -13},
  {"SHLI", function(a) return 1 << a, -1 << a, 100 << a end, 5},
  {"ADD", function(a, b) return a + b end, 1, 2},
  {"SUB", function(a, b) return a - b end, 1, 2.5},
  {"MUL", function(a, b) return a * b end, math.maxinteger, 3},
  {"MOD", function(a, b) return a % b end, -7, 3},
  {"POW", function(a, b) return a ^ b end, 2, 10},
  {"DIV", function(a, b) return a / b end, 1, 3},
  {"IDIV", function(a, b) return a // b end, -7, 2},
  {"BAND", function(a, b) return a & b end, 12, 10},
  {"BOR", function(a, b) return a | b end, 12, 10.0},
  {"BXOR", function(a, b) return a ~ b end, 12, "10"},
  {"SHL", function(a, b) return a << b end, 1, 63},
  {"SHR", function(a, b) return a >> b end, -1, 60},
  {"MMBIN", function(a, b) return pcall(function() return a + b end) end, {}, 1},
  {"MMBINI", function(a) return pcall(function() return a + 1 end) end, {}},
  {"MMBINK", function(a) return pcall(function() return a + 1000 end) end, {}},
  {"UNM", function(a, b) return -a, -b end, 5, -0.0},
  {"BNOT", function(a, b) return ~a, ~b end, 5, 3.0},
  {"NOT", function(a, b, c) return not a, not b, not c end, nil, 0, false},
  {"LEN", function(a, b) return #a, #b end, "text", {1, 2, 3}},
  {"CONCAT", function(a, b, c) return a .. b .. c end, "a", 1, 2.5},
  {"CLOSE", function() local fs = {} do local x = 1 fs[1] = function() x = x + 1 return x end if x == 2 then goto out end end ::out:: return fs[1](), fs[1]() end},
  {"TBC", function() local n = 0 do local x <close> = setmetatable({}, {__close = function() n = n + 1 end}) end return n end},
  {"JMP", function(a) while true do a = a + 1 if a > 10 then break end end return a end, 1},
  {"EQ", function(a, b) if a == b then return "equal" end return "different" end, "x", "x"},
  {"LT", function(a, b) if a < b then return "less" end return "not" end, 1, 2.5},
  {"LE", function(a, b) if a <= b then return "less or equal" end return "not" end, "a", "b"},
  {"EQK", function(a) if a == "text" then return 1 elseif a == 1000 then return 2 elseif a == nil then return 3 end return 4 end, 1000.0},
  {"EQI", function(a) if a == 5 then return "five" end if a ~= 6.0 then return "not six" end return "six" end, 6},
  {"LTI", function(a) if a < 5 then return "less" end return "not" end, 5},
  {"LEI", function(a) if a <= 5 then return "less or equal" end return "not" end, 5.0},
  {"GTI", function(a) if a > 5 then return "greater" end return "not" end, 5.5},
  {"GEI", function(a) if a >= 5 then return "greater or equal" end return "not" end, 4},
  {"TEST", function(a, b) if a then b = 1 end if not b then a = 2 end while a do a = nil end return a, b end, false, false},
  {"TESTSET", function(a, b) local c = a and b local d = a or b return c, d, a and 1 or 2 end, nil, 7},
  {"CALL", function(f, ...) f() local a = f(1) local b, c = f(1, ...) return a, b, c, (f(...)) end, function(...) return ... end, "x", "y"},
  {"TAILCALL", function(f, ...) return f(...) end, select, 2, "x", "y"},
  {"RETURN", function(a, b, c) return a, b, c end, 1, 2, 3},
  {"RETURN all", function(...) return ... end, 1, nil, 3, nil},
  {"RETURN0", function() return end},
  {"RETURN1", function(a) return a end, "one"},
  {"RETURN closes", function(a) local f = function() return a end a = a + 1 return f, f() end, 1},
  {"FORLOOP", function(n) local s = 0 for i = 1, n do s = s + i end return s end, 20},
  {"FORPREP", function(n) for i = 1, n do return i end return "none" end, 0},
  {"TFORCALL", function(t) local s = "" for i, v in ipairs(t) do s = s .. i .. v end return s end, {"a", "b"}},
  {"TFORPREP", function() local s = 0 for a, b, c in function(_, a) if a < 3 then return a + 1, a * 2, nil end end, nil, 0 do s = s + a + b end return s end},
  {"SETLIST", function(...) local t = {1, 2, 3, ...} return #t, t[4], t[5] end, "x", "y"},
  {"CLOSURE", function(a) local f = function(b) return function() return a + b end end return f(2)() end, 1},
  {"VARARG", function(...) local a, b = ... local t = {...} return a, b, #t, select("#", ...) end, 1, 2, 3},
  {"VARARGPREP", function(a, ...) return a, ... end, 1, 2},
}
for _, opcode in ipairs(opcodes) do hot.run(table.unpack(opcode)) end

-- EXTRAARG: a constructor with more than one instruction can count; LOADKX: a constant past the reach of LOADK.
local numbers = {}
for i = 1, 70000 do numbers[i] = "x" end
local constructor = hot.load("local x = 1 return function() return {" .. table.concat(numbers, ",") .. "} end")
local sized = hot.load("return function() return {" .. table.concat(numbers, ",", 1, 300) .. ", k = 1, [2.5] = 2} end")
for i = 1, 10 do constructor() end
for i = 1, 2000 do sized() end
print(#constructor(), #sized(), sized().k, sized()[2.5])
local constants = {}
for i = 1, 132000 do constants[i] = "s = " .. i + 0.25 .. " " end
local far = hot.load("return function(t) local s " .. table.concat(constants) .. " t['a name that is far'] = s "
  .. "return s, 'far text', t['a name that is far'] + 7e77, s == 1e88, t.another_far_name end")
hot.show("LOADKX", far({another_far_name = true}))
hot.show("LOADKX", far({}))

-- Jumps over more than a thousand instructions, forwards and backwards.
local body = ("s = s + i % 3 "):rep(2000)
local long = hot.load("return function(n) local s = 0 for i = 1, n do if i % 2 == 0 then " .. body .. " else s = s - 1 end "
  .. "if s > 1 << 50 then break end end return s end")
print(long(20), long(100))
local wide = hot.load("return function(n) local s = 0 while n > 0 do n = n - 1 " .. body:gsub("i", "n") .. " end return s end")
print(wide(30))
