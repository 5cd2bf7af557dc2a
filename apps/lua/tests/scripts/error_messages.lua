-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What errors say: the name and kind of the variable, the line, the function; for every opcode that can fail.
local hot = require "hot"
hot.PASSES = 300

local upvalue, upnumber, uptable = nil, 5, {}
global_number = 5
local object = {field = {}, number = 5, text = "x", ["a b"] = 1}

local cases = {
  {"index local", function() local a; return a.x end},
  {"index upvalue", function() return upvalue.x end},
  {"index global", function() return no_such_global.x end},
  {"index field", function() return object.nothing.x end},
  {"index field of field", function() return object.field.nothing.x end},
  {"index constant", function() return ("x").y.z end},
  {"index integer key", function() return object[1][2] end},
  {"index variable key", function() local k = "key" return object[k].x end},
  {"index number", function() local a = 5 return a.x.y end},
  {"index result", function() return tostring(1).x.y end},
  {"index by local in upvalue", function() local k = 1 return upvalue[k] end},
  {"index method result", function() return object.text:upper().x.y end},
  {"index call", function() return (function() end)().x end},
  {"index parameter", function(...) local a = ... return a[1] end},
  {"set local", function() local a; a.x = 1 end},
  {"set upvalue", function() upvalue.x = 1 end},
  {"set global", function() no_such_global.x = 1 end},
  {"set field", function() object.nothing.x = 1 end},
  {"set integer", function() object.nothing[1] = 1 end},
  {"set number", function() local a = 1 a[1] = 1 end},
  {"set nil key", function() object[nil] = 1 end},
  {"set nan key", function() object[0 / 0] = 1 end},
  {"call local", function() local a; a() end},
  {"call upvalue", function() upvalue() end},
  {"call global", function() no_such_global() end},
  {"call field", function() object.nothing() end},
  {"call method", function() object:nothing() end},
  {"call method of a number", function() local a = 5 a:nothing() end},
  {"call method of nil", function() local a; a:nothing() end},
  {"call string method", function() return ("x"):nothing() end},
  {"call number", function() object.number() end},
  {"call result", function() object.field()() end},
  {"call in arguments", function() print(upvalue()) end},
  {"call element", function() object[1]() end},
  {"tail call", function() return object.nothing() end},
  {"for iterator", function() for _ in nil do end end},
  {"for iterator number", function() for _ in 5 do end end},
  {"for pairs nil", function() for _ in pairs(nil) do end end},
  {"for ipairs none", function() for _ in ipairs() do end end},
  {"add local", function() local a; return a + 1 end},
  {"add constant first", function() local a; return 1 + a end},
  {"add field", function() return object.nothing + 1 end},
  {"add upvalue", function() return upvalue + upnumber end},
  {"add global", function() return global_number + no_such_global end},
  {"add table", function() return uptable + 1 end},
  {"add text", function() return object.text + 1 end},
  {"add text constant", function() return "abc" + 1 end},
  {"add boolean", function() return true + object.number end},
  {"sub", function() local a, b = 1, {} return a - b end},
  {"mul constant", function() local a; return a * 1000 end},
  {"div float", function() local a; return a / 2.5 end},
  {"mod zero", function() local a = 0 return 5 % a end},
  {"idiv zero", function() local a = 0 return 5 // a end},
  {"mod constant zero", function() local a = 5 return a % 0 end},
  {"pow", function() local a = {} return a ^ 2 end},
  {"unm", function() local a = {} return -a end},
  {"unm field", function() return -object.field end},
  {"len number", function() local a = 5 return #a end},
  {"len field", function() return #object.nothing end},
  {"len global", function() return #no_such_global end},
  {"bnot float", function() local a = 1.5 return ~a end},
  {"bnot table", function() return ~uptable end},
  {"band float", function() local a = 1.5 return a & 1 end},
  {"bor text", function() local a = "x" return a | 1 end},
  {"bor float text", function() local a = "1.5" return a | 1 end},
  {"bxor nil", function() return upvalue ~ 3 end},
  {"shl huge", function() local a = 1e100 return a << 1 end},
  {"shr field", function() return 1 >> object.nothing end},
  {"shl immediate", function() return 1 << object.field end},
  {"concat local", function() local a; return "x" .. a end},
  {"concat field", function() return "x" .. object.nothing .. "y" end},
  {"concat upvalue", function() return upvalue .. "y" end},
  {"concat global", function() return "a" .. "b" .. no_such_global end},
  {"concat table", function() return uptable .. 1 end},
  {"concat constant", function() return 1 .. {} end},
  {"less", function() local a, b = 1, "x" return a < b end},
  {"less tables", function() return {} < {} end},
  {"less nil", function() local a; return a < 1 end},
  {"less equal", function() local a = {} return 1 <= a end},
  {"greater", function() local a; if a > 5 then return 1 end end},
  {"greater equal float", function() local a = "x" if a >= 5.5 then return 1 end end},
  {"less functions", function() return print < print end},
  {"for start", function() local a; for i = a, 1 do end end},
  {"for limit", function() for i = 1, {} do end end},
  {"for step", function() for i = 1, 2, "x" do end end},
  {"for step zero", function() for i = 1, 2, 0 do end end},
  {"to be closed", function() local x <close> = 5 end},
  {"to be closed field", function() local x <close> = object.field end},
  {"argument", function() ("x"):rep({}) end},
  {"argument of a function", function() string.rep() end},
  {"argument of a method", function() ("x"):rep("y") end},
  {"argument through a local", function() local f = string.rep f("x", {}) end},
  {"argument number", function() math.floor("x") end},
  {"argument setmetatable", function() setmetatable(1, 2) end},
  {"argument table.concat", function() table.concat({1, {}, 3}) end},
  {"argument table.insert", function() table.insert({1, 2, 3}, 6, 1) end},
  {"argument string.char", function() string.char(256) end},
  {"integer overflow in for", function() for i = 1, 10, math.mininteger do error(i) end end},
  {"environment", function() local _ENV = {} return x.y end},
  {"environment local", function(_ENV) return x.y end, {}},
  {"environment call", function() local _ENV = {} x() end},
  {"many lines", function()
    local a = 1
    local b = a
      + 2
      + upvalue
      + 3
    return b
  end},
  {"call over lines", function()
    return print(
      1,
      upvalue.x
    )
  end},
  {"vararg", function(...) return ... + 1 end},
  {"and", function() return upvalue and 1 or upvalue.x end},
  {"numeric key", function() local t = {} return t[1.5].x end},
}
for _, case in ipairs(cases) do hot.run(case[1], case[2], case[3]) end

-- The same messages for functions with names, out of methods, metamethods and coroutines.
local class = {}
class.__index = class
function class:method() return self.missing.x end
function class.static() return missing_global.x end
local instance = setmetatable({}, class)
hot.run("method", function() return instance:method() end)
hot.run("static", function() return class.static() end)
hot.run("method without self", function() return class.method() end)
hot.run("bad argument to a method", function() return io.stdout.write() end)
hot.run("bad self", function() return ("x").rep() end)
hot.run("wrapped", function() return coroutine.wrap(function() local a; return a.b end)() end)
hot.run("resumed", function() return coroutine.resume(coroutine.create(function() local a; return a.b end)) end)
hot.run("loaded", function() return load("local a; return a.b", "=loaded")() end)
hot.run("loaded text", function() return load("local a\n\n\nreturn a.b", "local a\n\n\nreturn a.b")() end)
hot.run("loaded file", function() return load("local a return a.b", "@" .. ("long/"):rep(30) .. "file.lua")() end)

-- Errors in the conditions of hot loops.
local function until_nil(list)
  local i, sum = 1, 0
  while list[i].value > 0 do
    sum = sum + list[i].value
    i = i + 1
  end
  return sum
end
local list = {}
for i = 1, 2000 do list[i] = {value = i} end
print(pcall(until_nil, list))
list[2001] = {value = "x"}
print(pcall(until_nil, list))
list[2001] = {value = 0}
print(pcall(until_nil, list))
