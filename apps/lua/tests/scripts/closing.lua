-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- To-be-closed variables: left by end, break, goto, return, error, in coroutines, in for loops; errors in __close.
local hot = require "hot"
hot.PASSES = 600

local log = {}
local function closer(name, fails)
  return setmetatable({}, {name = name, __close = function(_, e)
    log[#log + 1] = name .. "(" .. hot.text(e) .. ")"
    if fails then error(name .. " failed", 0) end
  end})
end
local function logged(f)
  return function(...)
    log = {}
    local results = table.pack(pcall(f, ...))
    return table.concat(log, " "), table.unpack(results, 1, results.n)
  end
end

hot.run("end of block", logged(function() do local a <close> = closer("a") local b <close> = closer("b") end return 1 end))
hot.run("nil and false", logged(function() local a <close> = nil local b <close> = false return 2 end))
hot.run("return", logged(function() local a <close> = closer("a") return 1, 2, 3 end))
hot.run("return of a call", logged(function() local a <close> = closer("a") return select(2, "x", "y") end))
hot.run("return of varargs", logged(function(...) local a <close> = closer("a") return ... end), 1, nil, 3)
hot.run("break", logged(function()
  for i = 1, 5 do local a <close> = closer("a" .. i) if i == 3 then break end end
  return "after"
end))
hot.run("goto continue", logged(function()
  for i = 1, 3 do
    local a <close> = closer("a" .. i)
    if i == 2 then goto continue end
    log[#log + 1] = "body" .. i
    ::continue::
  end
end))
hot.run("while and repeat", logged(function()
  local i = 0
  while i < 2 do i = i + 1 local a <close> = closer("w" .. i) end
  repeat local b <close> = closer("r" .. i) i = i - 1 until i == 0
end))
hot.run("error", logged(function() local a <close> = closer("a") local b <close> = closer("b") error("thrown", 0) end))
hot.run("error of an opcode", logged(function() local a <close> = closer("a") local x = nil + 1 end))
hot.run("close fails", logged(function() local a <close> = closer("a") local b <close> = closer("b", true) return 1 end))
hot.run("all fail", logged(function()
  local a <close> = closer("a", true)
  local b <close> = closer("b", true)
  error("thrown", 0)
end))
hot.run("no __close", logged(function() local a <close> = closer("a") local b <close> = {} end))
hot.run("close removed", logged(function()
  local a <close> = closer("a")
  local b <close> = setmetatable({}, {__close = function() end})
  getmetatable(b).__close = nil
end))
hot.run("nested functions", logged(function()
  local function inner() local a <close> = closer("inner") return "i" end
  local b <close> = closer("outer")
  return inner(), inner()
end))
hot.run("for closes its fourth value", logged(function()
  local n = 0
  for i in function(_, i) if i < 4 then return i + 1 end end, nil, 0, closer("for") do
    n = n + i
    if i == 3 then break end
  end
  return n
end))
hot.run("for to its end", logged(function()
  for i in function(_, i) if i < 2 then return i + 1 end end, nil, 0, closer("for") do end
end))
hot.run("for with an error", logged(function()
  for i in function(_, i) return i + 1 end, nil, 0, closer("for") do if i == 3 then error("in for", 0) end end
end))
hot.run("return from a for", logged(function()
  for i in function(_, i) return i + 1 end, nil, 0, closer("for") do if i == 3 then return i end end
end))
hot.run("value is constant to the closer", logged(function()
  local x = 1
  local a <close> = setmetatable({}, {__close = function() log[#log + 1] = tostring(x) x = x + 1 end})
  x = 5
  return x
end))
hot.run("no tail call", logged(function()
  local function level() return debug.getinfo(1, "t").istailcall end
  local a <close> = closer("a")
  return level()
end))

hot.run("in a coroutine that ends", logged(function()
  local co = coroutine.wrap(function() local a <close> = closer("a") coroutine.yield(1) return 2 end)
  return co(), co()
end))
hot.run("coroutine closed", logged(function()
  local co = coroutine.create(function() local a <close> = closer("a") local b <close> = closer("b") coroutine.yield(1) end)
  coroutine.resume(co)
  return coroutine.close(co), coroutine.status(co)
end))
hot.run("coroutine closed with an error", logged(function()
  local co = coroutine.create(function() local a <close> = closer("a", true) coroutine.yield(1) end)
  coroutine.resume(co)
  return coroutine.close(co)
end))
hot.run("coroutine with an error", logged(function()
  local co = coroutine.create(function() local a <close> = closer("a") error("inside", 0) end)
  local ok, e = coroutine.resume(co)
  return ok, e, coroutine.close(co)
end))
hot.run("yield in __close", logged(function()
  local co = coroutine.wrap(function()
    local a <close> = setmetatable({}, {__close = function() log[#log + 1] = coroutine.yield("closing") end})
    local b <close> = closer("b")
    return "r1", "r2"
  end)
  local first = co()
  return first, co("resumed")
end))
hot.run("yield in __close after an error", logged(function()
  local co = coroutine.create(function()
    local ok, e = pcall(function()
      local a <close> = setmetatable({}, {__close = function(_, e) coroutine.yield("closing " .. e) end})
      error("thrown", 0)
    end)
    return ok, e
  end)
  local _, first = coroutine.resume(co)
  return first, coroutine.resume(co)
end))

-- A long loop with something to close in each pass; every hundredth ends early.
local closed, broken = 0, 0
local meta = {__close = function(_, e) closed = closed + 1 if e then broken = broken + 1 end end}
local function passes(n)
  for i = 1, n do
    local ok = pcall(function()
      for j = 1, 3 do
        local a <close> = setmetatable({}, meta)
        if i % 100 == 0 and j == 2 then error("early") end
        if i % 7 == j then break end
      end
    end)
  end
end
passes(3000)
print(closed, broken)
local function direct(n) local s = 0 for i = 1, n do local a <close> = setmetatable({}, meta) s = s + i end return s end
print(direct(5000), closed)
