-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Metamethods of arithmetic, bits, comparison, concatenation, length and call: which one is called, with what.
local hot = require "hot"
hot.PASSES = 400

local function recorder(name, result)
  local meta = {name = name}
  for _, event in ipairs {"add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr",
      "bnot", "concat", "len", "lt", "le", "eq"} do
    meta["__" .. event] = function(a, b)
      if result ~= nil then return result end
      return name .. "." .. event .. "(" .. hot.text(a) .. "," .. hot.text(b) .. ")"
    end
  end
  return setmetatable({}, meta)
end
local left, right = recorder("left"), recorder("right")
local plain = {}

local binary = {"+", "-", "*", "/", "%", "^", "//", "&", "|", "~", "<<", ">>", ".."}
for _, operator in ipairs(binary) do
  local f = hot.load("return function(a, b) return a " .. operator .. " b end")
  local constant = hot.load("return function(a) return a " .. operator .. " 7, 7 " .. operator .. " a, a " .. operator
    .. " 1.5, a " .. operator .. " 300, 'x' " .. operator .. " a end")
  hot.run(operator .. " left", f, left, 1)
  hot.run(operator .. " right", f, 2.5, right)
  hot.run(operator .. " both", f, left, right)
  hot.run(operator .. " plain first", f, plain, right)
  hot.run(operator .. " text", f, "text", left)
  hot.run(operator .. " constants", constant, left)
  hot.run(operator .. " refused", f, plain, 1)
end
for _, operator in ipairs {"<", "<=", ">", ">=", "==", "~="} do
  local f = hot.load("return function(a, b) return a " .. operator .. " b end")
  local constant = hot.load("return function(a) return a " .. operator .. " 7, 7 " .. operator .. " a, a " .. operator
    .. " 1.5 end")
  hot.run(operator .. " both", f, left, right)
  hot.run(operator .. " same", f, left, left)
  hot.run(operator .. " number", f, left, 3)
  hot.run(operator .. " number first", f, 3, right)
  hot.run(operator .. " plain", f, plain, left)
  hot.run(operator .. " constants", constant, left)
  hot.run(operator .. " refused", f, plain, plain)
end
hot.run("results of comparisons are booleans", function(a, b) return a < b, a <= b, a == b, not (a ~= b) end, left, right)
hot.run("nil of __lt is false", function(a, b) return a < b, a > b end, setmetatable({}, {__lt = function() end}), 1)
hot.run("unary", function(a) return -a, ~a, #a end, left)
hot.run("unary refused", function(a) return -a end, plain)
hot.run("not refused", function(a) return ~a end, plain)
hot.run("length refused", function(a) return #a end, nil)
hot.run("length of a string has no metamethod", function(a) return #a end, "abc")

-- The order of immediates: what is left stays left.
local order = setmetatable({}, {
  __add = function(a, b) return hot.texts(a, b) end,
  __sub = function(a, b) return hot.texts(a, b) end,
  __shl = function(a, b) return hot.texts(a, b) end,
  __shr = function(a, b) return hot.texts(a, b) end,
  __lt = function(a, b) print("lt", hot.texts(a, b)) return true end,
  __le = function(a, b) print("le", hot.texts(a, b)) return false end,
})
local function immediates(o)
  return o + 1, 1 + o, o - 1, 1 - o, o << 1, 1 << o, o >> 1, 1 >> o
end
hot.run("immediates", immediates, order)
print(order < 5, 5 < order, order <= 5, 5 <= order, order > 5, order >= 5, 5.0 > order, 5.0 >= order)
if order < 5 then print "then" else print "else" end
while order <= 5 do print "never" end

-- __call, through chains, with arguments and results of any number.
local function target(...) return select("#", ...), ... end
local one = setmetatable({}, {name = "one", __call = target})
local two = setmetatable({}, {name = "two", __call = one})
local three = setmetatable({}, {name = "three", __call = two})
hot.run("call", function(f) return f(1, nil, 3) end, one)
hot.run("call without arguments", function(f) return f() end, one)
hot.run("call chain", function(f) return f("x") end, three)
hot.run("tail call chain", function(f) return f("y", "z") end, three)
hot.run("call of a method", function(o) return (o:m(5)) end, {m = one})
hot.run("call of nothing", function(f) return f(1) end, setmetatable({}, {__call = 5}))
hot.run("for with a callable", function()
  local n, sum = 0, 0
  local iterator = setmetatable({}, {__call = function(_, s, i) if i < s then return i + 1 end end})
  for i in iterator, 10, 0 do n = n + 1 sum = sum + i end
  return n, sum
end)

-- __eq is not asked of different kinds, nor of the same object; __tostring, __name and __metatable.
local asked = 0
local eq = {__eq = function() asked = asked + 1 return true end}
local x, y = setmetatable({}, eq), setmetatable({}, eq)
for i = 1, 2000 do
  if x ~= y then print "wrong" end
  if x == 1 or x == "x" or x == nil or 1 == x then print "wrong" end
  if x ~= x then print "wrong" end
end
print("asked", asked)
hot.run("tostring", function(o) return tostring(o) end, setmetatable({}, {__tostring = function() return "text" end}))
hot.run("tostring of no string", function(o) return tostring(o) end, setmetatable({}, {__tostring = function() return {} end}))
hot.run("metatable is guarded", function(o) return getmetatable(o), setmetatable(o, {}) end,
  setmetatable({}, {__metatable = "guarded"}))
hot.run("pairs", function(o)
  local seen = {}
  for k, v in pairs(o) do seen[#seen + 1] = k .. "=" .. v end
  return table.concat(seen, ",")
end, setmetatable({}, {__pairs = function() return function(_, i) if i < 4 then return i + 1, i * i end end, nil, 0 end}))

-- An error of a metamethod passes through.
local failing = setmetatable({}, {__add = function() error("in add") end, __index = function() error({}) end,
  __lt = function() error("in lt", 0) end})
hot.run("error in add", function(o) return o + 1 end, failing)
hot.run("error in index", function(o) return o.x end, failing)
hot.run("error in lt", function(o) if o < 1 then return 1 end end, failing)
