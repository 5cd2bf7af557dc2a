-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Goto, labels, break and what they leave: continue in every kind of loop, loops by goto, closures closed by a jump.
local hot = require "hot"

hot.run("continue", function(n)
  local s = 0
  for i = 1, n do
    if i % 3 == 0 then goto continue end
    s = s + i
    ::continue::
  end
  local i = 0
  while i < n do
    i = i + 1
    if i % 2 == 0 then goto continue end
    s = s + i
    ::continue::
  end
  repeat
    i = i - 1
    if i % 5 == 0 then goto continue end
    s = s - 1
    ::continue::
  until i == 0
  for _, v in ipairs {1, 2, 3} do
    if v == 2 then goto continue end
    s = s + v
    ::continue::
  end
  return s
end, 20)
hot.run("a loop of gotos", function(n)
  local i, s = 1, 0
  ::top::
  if i > n then goto done end
  s = s + i
  i = i + 1
  goto top
  ::done::
  return s, i
end, 30)
hot.run("two entrances", function(n)
  local state, log = 1, {}
  goto dispatch
  ::one:: log[#log + 1] = "one" state = 2 goto dispatch
  ::two:: log[#log + 1] = "two" state = 3 goto dispatch
  ::dispatch::
  if #log > n then return table.concat(log, " ") end
  if state == 1 then goto one elseif state == 2 then goto two end
  state = 1
  goto dispatch
end, 6)
hot.run("out of three loops", function()
  for i = 1, 5 do
    for j = 1, 5 do
      for k = 1, 5 do
        if i * j * k == 24 then goto out end
        if k == 4 then break end
      end
    end
  end
  ::out::
  do goto past end
  ::past::
  return "out"
end)
hot.run("each pass has its own variable", function()
  local made, i = {}, 1
  ::again::
  local x = i
  made[i] = function() x = x + 1 return x end
  i = i + 1
  if i <= 4 then goto again end
  return made[1](), made[1](), made[2](), made[4]()
end)
hot.run("closures and break", function()
  local made = {}
  for i = 1, 10 do
    local x = i * 2
    made[i] = function() x = x + i return x end
    if i == 3 then break end
  end
  return #made, made[1](), made[3](), made[3]()
end)
hot.run("closures and continue", function()
  local made = {}
  for i = 1, 6 do
    local x = i
    if i % 2 == 0 then made[#made + 1] = function() return x end goto continue end
    x = -1
    ::continue::
  end
  return made[1](), made[2](), made[3]()
end)
hot.run("until sees locals", function()
  local n, keep = 0, nil
  repeat
    local done = n == 5
    keep = function() return done end
    n = n + 1
  until done
  return n, keep()
end)

-- A long loop that jumps about, entered cold, left warm.
local function machine(n)
  local a, b, i = 0, 1, 0
  ::step::
  i = i + 1
  if i >= n then goto finish end
  if a % 2 == 0 then goto even end
  a = a + b % 11 + 1
  goto step
  ::even::
  b = b + a % 7 + 1
  if b % 13 == 0 then a = a - 3 end
  a = a + 1
  goto step
  ::finish::
  return a, b, i
end
for n = 1000, 21000, 5000 do print(n, machine(n)) end

for _, source in ipairs {
  "goto nowhere", "do ::a:: end goto a", "::a:: ::a::", "goto f local x ::f:: print(x)", "break",
  "repeat if x then goto c end local y ::c:: until y", "for i = 1, 2 do end goto i", "local x <const> = 1 x = 2",
  "local x <strange> = 1", "local a <close>, b <close> = 1, 2",
} do
  print(load(source, "=source"))
end
