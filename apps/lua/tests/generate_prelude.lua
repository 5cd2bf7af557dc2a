-- What every generated program begins with: it prints the same everywhere, ends, and holds some values to play with.
local Box = {}
local F, fuel, shown, sum = {}, 0, 0, 0

-- A value as text, without addresses; the sign of a NaN is nobody's promise.
local function text(value, depth)
  local kind = math.type(value) or type(value)
  if kind == "float" then return value ~= value and "nan" or string.format("%.17gf", value) end
  if kind == "integer" or kind == "string" or kind == "boolean" or kind == "nil" then return tostring(value) end
  if kind ~= "table" then return kind end
  local meta = getmetatable(value)
  if meta and meta.show then return meta.show(value) end
  if (depth or 0) > 1 then return "{...}" end
  local parts = {}
  for i = 1, 6 do
    local part = rawget(value, i)
    if part == nil then break end
    parts[i] = text(part, (depth or 0) + 1)
  end
  return "{" .. table.concat(parts, ",") .. ";" .. text(rawget(value, "k"), 2) .. "," .. text(rawget(value, "code"), 2) .. "}"
end
-- The length, where it does not depend on how a table with holes came to be.
local function len(t)
  if type(t) ~= "table" or getmetatable(t) == Box then return #t end
  local n = 0
  while rawget(t, n + 1) ~= nil do n = n + 1 end
  return n
end
-- For // and %: which line lua5.4 names in an error of a division by zero depends on when its collector ran.
local function divisor(v) if v == 0 then return 3 end return v end
-- What tostring says, where it says no address.
local function plain(v)
  if type(v) == "number" or type(v) == "string" then return tostring(v) end
  return text(v)
end
local function texts(...)
  local parts = {}
  for i = 1, select("#", ...) do
    local part = text((select(i, ...)))
    parts[i] = #part > 120 and part:sub(1, 120) .. "~" .. #part or part
  end
  return table.concat(parts, " ")
end
local function mix(s)
  for i = 1, #s do sum = (sum * 31 + s:byte(i)) & 0xffffffffffff end
end
-- A line of the state: all lines count in the sum, the first ones of each function are printed.
local function note(...)
  fuel = fuel - 10
  if fuel < -500 then error("out of notes", 0) end
  local s = texts(...)
  mix(s)
  if shown > 0 then
    shown = shown - 1
    print("  " .. s)
  end
end
-- Each function burns some when it is entered, so that all programs end.
local function burn()
  fuel = fuel - 20
  if fuel < 0 then error("out of fuel", 0) end
end
-- Strings that stay short, and numbers that `..` writes the same everywhere.
local function clip(v)
  if type(v) == "string" and #v > 60 then return v:sub(1, 15) .. #v end
  return v
end
local function str(v)
  if v ~= v then return "nan" end
  return v
end
Box.__index = Box
local function box(v) return setmetatable({v = v}, Box) end
local function unbox(o)
  if type(o) == "table" then return rawget(o, "v") end
  return o
end
function Box.show(o) return "box(" .. text(o.v, 2) .. ")" end
function Box.__add(a, b) return box(unbox(a) + unbox(b)) end
function Box.__sub(a, b) return box(unbox(a) - unbox(b)) end
function Box.__mul(a, b) return box(unbox(a) * unbox(b)) end
function Box.__idiv(a, b) return unbox(a) // unbox(b) end
function Box.__band(a, b) return unbox(a) & unbox(b) end
function Box.__unm(a) return box(-a.v) end
function Box.__len(a) return 3 end
function Box.__eq(a, b) return a.v == b.v end
function Box.__lt(a, b) return unbox(a) < unbox(b) end
function Box.__le(a, b) return unbox(a) <= unbox(b) end
function Box.__concat(a, b) return clip("<" .. plain(str(unbox(a))) .. plain(str(unbox(b))) .. ">") end
function Box.__call(o, a, b) return o.v, b, a end
function Box:get(d) return self.v, d end
function Box:put(v)
  local old = self.v
  self.v = v
  return old
end
local Lazy = {
  show = function(o) return "lazy(" .. text(rawget(o, 1), 2) .. ")" end,
  __index = function(o, k) if type(k) == "number" then return k * 2 end return 1 end,
  __newindex = function(o, k, v) rawset(o, 1, v) end,
  __close = function(o, e) note("closed", rawget(o, 1), e) end,
}
local function lazy(v) return setmetatable({v}, Lazy) end
local arguments = {
  {1, 2, "a", {1, 2, 3}}, {5, 0.5, "10", {k = 1}}, {-3, 2.0, "", {}}, {7, -1.5, "text", box(4)}, {0, 1e10, "0x1f", lazy(2)},
  {math.maxinteger, 3.75, "z", {"x", 2.5}},
}
local function drive(index, rounds)
  local last
  shown = 4
  for round = 1, rounds do
    fuel = 700
    local a = arguments[(round * round + round // 50) % #arguments + 1]
    local now = texts(pcall(F[index], a[1], a[2], a[3], a[4]))
    mix(now)
    if round <= 6 or now ~= last and round % 16 == 0 then print(index, round, now) end
    last = now
  end
  print(index, "sum", sum)
end
