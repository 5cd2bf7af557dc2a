-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Chunks: load from text, functions and files, string.dump of hot functions, binary chunks, what is refused.
local hot = require "hot"
hot.PASSES = 300

local function work(a, ...)
  local s = a
  for i = 1, 20 do
    if i % 3 == 0 then s = s + i elseif i % 3 == 1 then s = s .. "" else s = s * 1.0 end
  end
  local rest = ...
  local function inner(x) return x and s or rest end
  return inner(true), inner(false)
end
for i = 1, 500 do work(i, "x") end
for _, strip in ipairs {false, true} do
  local binary = string.dump(work, strip)
  local copy = load(binary, "=copy", "b")
  hot.show("copy", copy(1, "y"))
  for i = 1, 500 do copy(i, "y") end
  hot.show("hot copy", copy(2.5, "y"))
  print(binary == string.dump(copy, strip), #binary > 100, select(2, pcall(copy, {})))
  hot.show("dumped again", load(string.dump(copy, strip), "=again", "b")(3, "z"))
end
local n = 0
local function counter() n = n + 1 return n end
for i = 1, 2000 do counter() end
local copy = load(string.dump(counter))
print(pcall(copy))
debug.setupvalue(copy, 1, 10)
for i = 1, 2000 do copy() end
print(copy(), n)
print(pcall(string.dump, print))

hot.run("load text", function(s) return load(s)(5) end, "local a = ... return a * 2")
hot.run("load pieces", function()
  local pieces, i = {"return ", "1", " + ", "2", nil}, 0
  return load(function() i = i + 1 return pieces[i] end)()
end)
hot.run("load fails", function() return load("return +") end)
hot.run("load with an environment", function() return load("x = 5 return y", "=c", "t", {y = "from it"})() end)
hot.run("text is refused", function() return load("return 1", "=c", "b") end)
hot.run("binary is refused", function() return load(string.dump(function() end), "=c", "t") end)
hot.run("cut binary", function() return load(string.dump(function() return 1 end):sub(1, 40), "=c") end)
hot.run("bad header", function() return load("\27Lua", "=c") end)
hot.run("reader fails", function() return load(function() error("reader", 0) end) end)
hot.run("reader of no text", function() return load(function() return {} end) end)
hot.run("dofile of nothing", function() return pcall(dofile, "no such file.lua") end)
hot.run("loadfile of nothing", function() return loadfile("no such file.lua") end)
hot.run("require of nothing", function() return (pcall(require, "no.such.module")) end)

-- Hundreds of functions that are compiled, run a little, and die.
local sum = 0
for i = 1, 200 do
  local f = load("local a = ... for i = 1, 5 do a = a + " .. i .. " end return a")
  sum = sum + f(i) + f(i)
end
print(sum)
-- One prototype, many closures; one text, many prototypes.
local made = {}
for i = 1, 50 do made[i] = load("local n = " .. i .. " return function(x) n = n + x return n end")() end
for round = 1, 100 do for i = 1, 50 do made[i](round) end end
print(made[1](0), made[50](0))
made = nil
collectgarbage()

-- Files.
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write("#!/usr/bin/lua\nlocal a, b = ...\nreturn a, b, 3\n")
file:close()
print(dofile(name))
print(loadfile(name)("x", "y"))
file = assert(io.open(name, "wb"))
file:write(string.dump(function(...) return "binary", ... end))
file:close()
print(loadfile(name, "b")(1))
print((select(2, loadfile(name, "t")):gsub("^.*: ", "")))
local lines = 0
file = assert(io.open(name, "w"))
for i = 1, 2000 do file:write(i, " ", i / 2, "\n") end
file:close()
for line in io.lines(name) do lines = lines + #line end
print(lines)
local total = 0
for a, b in io.lines(name, "n", "n") do total = total + a + b end
hot.show("total", total)
print(pcall(function() for l in io.lines(name) do error("in lines", 0) end end))
os.remove(name)
print((io.open(name)))
print((load("return ...", "=varargs"))(1, 2, 3))

-- Deep and wide sources.
hot.show("deep", hot.load("return " .. ("("):rep(150) .. "7" .. (")"):rep(150)))
hot.show("long", hot.load("local s = 0 " .. ("s = s + 1 "):rep(20000) .. " return s"))
local branches = {"local x = ... "}
for i = 1, 2000 do branches[#branches + 1] = (i > 1 and "elseif" or "if") .. " x == " .. i .. " then return " .. i * 2 end
branches[#branches + 1] = "end return -1"
local chosen = load(table.concat(branches, "\n"))
local picked = 0
for i = 1, 2100 do picked = picked + chosen(i) end
print(picked)
print((select(2, load("return " .. ("a."):rep(10) .. "1"))))
print((select(2, load("local " .. ("a,"):rep(250) .. "b"))))
print((select(2, load("x = 'unfinished\n"))))
print((select(2, load("x = [[unfinished"))))
print((select(2, load("x = 0x"))), (select(2, load("x = 3..4"))), (select(2, load("x = '\\q'"))))
