-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- JSON: text read into tables, character by character and by patterns, and written again.
local byte, sub, find, match = string.byte, string.sub, string.find, string.match
local escapes = {n = "\n", t = "\t", ["\\"] = "\\", ['"'] = '"', ["/"] = "/"}
local read

local function skip(text, at)
  local c = byte(text, at)
  while c == 32 or c == 10 or c == 9 do
    at = at + 1
    c = byte(text, at)
  end
  return at, c
end

local function read_string(text, at)
  local parts, start = nil, at
  while true do
    local c = byte(text, at)
    if c == 34 then
      local last = sub(text, start, at - 1)
      return parts and parts .. last or last, at + 1
    elseif c == 92 then
      parts = (parts or "") .. sub(text, start, at - 1) .. escapes[sub(text, at + 1, at + 1)]
      at = at + 2
      start = at
    else
      at = at + 1
    end
  end
end

local function read_list(text, at)
  local list, c = {}, nil
  at, c = skip(text, at)
  if c == 93 then return list, at + 1 end
  while true do
    list[#list + 1], at = read(text, at)
    at, c = skip(text, at)
    at = at + 1
    if c == 93 then return list, at end
  end
end

local function read_object(text, at)
  local object, c = {}, nil
  at, c = skip(text, at)
  if c == 125 then return object, at + 1 end
  while true do
    local key
    at = skip(text, at)
    key, at = read_string(text, at + 1)
    at = skip(text, at)
    object[key], at = read(text, at + 1)
    at, c = skip(text, at)
    at = at + 1
    if c == 125 then return object, at end
  end
end

function read(text, at)
  local c
  at, c = skip(text, at)
  if c == 123 then return read_object(text, at + 1) end
  if c == 91 then return read_list(text, at + 1) end
  if c == 34 then return read_string(text, at + 1) end
  if c == 116 then return true, at + 4 end
  if c == 102 then return false, at + 5 end
  local number = match(text, "^-?%d+%.?%d*", at)
  return tonumber(number), at + #number
end

local function write(value, out)
  local kind = type(value)
  if kind == "table" then
    if value[1] ~= nil then
      out[#out + 1] = "["
      for i = 1, #value do
        write(value[i], out)
        out[#out + 1] = ","
      end
      out[#out + 1] = "]"
    else
      local keys = {}
      for key in pairs(value) do keys[#keys + 1] = key end
      table.sort(keys)
      out[#out + 1] = "{"
      for i = 1, #keys do
        out[#out + 1] = '"' .. keys[i] .. '":'
        write(value[keys[i]], out)
        out[#out + 1] = ","
      end
      out[#out + 1] = "}"
    end
  elseif kind == "number" then
    out[#out + 1] = string.format("%.2f", value)
  else
    out[#out + 1] = tostring(value)
  end
end

local parts = {}
for i = 1, 40 do
  parts[i] = string.format('{"id": %d, "name": "item %d", "price": %d.25, "tags": ["a", "b\\n%d", "c"], "ok": %s, "in": {"x": -%d, "y": []}}',
    i, i, i * 3, i, i % 2 == 0 and "true" or "false", i)
end
local document = "[" .. table.concat(parts, ",\n") .. "]"

function run(n)
  local sum = 0
  for i = 1, n do
    local value = read(document, 1)
    local out = {}
    write(value, out)
    local text = table.concat(out)
    for j = 1, #text, 17 do sum = (sum * 31 + byte(text, j) + i) % 1000000007 end
  end
  return string.format("%d", sum)
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 175
local size, rounds = tonumber(arg[1]) or 700, tonumber(arg[2])
if not rounds then
  print(run(size))
else
  local first
  for round = 1, rounds do
    local start = os.clock()
    local result = run(size)
    io.stderr:write(string.format("round %d %.6f\n", round, os.clock() - start))
    first = first or result
    if result ~= first then error("round " .. round .. " gave " .. result .. ", the first one " .. first) end
  end
  print(first)
end
