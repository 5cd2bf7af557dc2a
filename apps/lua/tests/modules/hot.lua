-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What the scripts share: to run something until it is hot, and to print values the same way everywhere.
-- Scripts find it when they run in the folder above with LUA_PATH=modules/?.lua, as compare.py runs them.
local hot = {PASSES = 1500}

-- A value as text: floats exactly, nothing that has an address. The sign of a NaN is nobody's promise.
function hot.text(value)
  local kind = math.type(value)
  if kind == "float" then
    if value ~= value then return "nan" end
    return string.format("%.17gf", value)
  elseif kind == "integer" then
    return string.format("%d", value)
  elseif type(value) == "string" then
    return string.format("%q", value)
  elseif type(value) == "table" then
    local meta = getmetatable(value)
    if type(meta) == "table" and meta.name then return "<" .. meta.name .. ">" end
    return "table"
  elseif type(value) == "boolean" or value == nil then
    return tostring(value)
  end
  return type(value)
end

function hot.texts(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = hot.text(list[i]) end
  return table.concat(list, " ")
end

-- Prints a line of values.
function hot.show(label, ...)
  print(label .. ": " .. hot.texts(...))
end

-- Whether two packed lists print the same, told without making text of them where that is plain.
local function same(a, b)
  if a.n ~= b.n then return false end
  for i = 1, a.n do
    local x, y = a[i], b[i]
    if not (rawequal(x, y) and math.type(x) == math.type(y) and x ~= 0) and hot.text(x) ~= hot.text(y) then
      return false
    end
  end
  return true
end

-- Calls `f(...)` until it is hot; prints the outcome, and each other outcome with the number of passes it held.
function hot.run(label, f, ...)
  local last, held
  for _ = 1, hot.PASSES do
    local now = table.pack(pcall(f, ...))
    if last and same(now, last) then
      held = held + 1
    else
      if last then print(label .. ": " .. hot.texts(table.unpack(last, 1, last.n)) .. " for " .. held .. " passes") end
      last, held = now, 1
    end
  end
  print(label .. ": " .. hot.texts(table.unpack(last, 1, last.n)))
end

-- The value of `source`, a chunk of Lua.
function hot.load(source, name)
  return assert(load(source, name or "=chunk"))()
end

return hot
