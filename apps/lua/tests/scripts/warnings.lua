-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Warnings, and finalizers that fail while loops are hot: all of it on standard error.
warn("not shown")
warn("@on")
warn("shown")
warn("in ", "pieces ", "of ", "text")
warn("@unknown")
warn("@off")
warn("not shown")
warn("@on")
print(pcall(warn), pcall(warn, {}), pcall(warn, 1, 2))
local count = 0
local function loop(n)
  local sum = 0
  for i = 1, n do
    sum = sum + i
    if i % 1000 == 0 then
      setmetatable({}, {__gc = function() count = count + 1 error("finalizer " .. i) end})
      collectgarbage()
    end
  end
  return sum
end
print(loop(5000), count)
setmetatable({}, {__gc = function() error({}) end})
collectgarbage()
setmetatable({}, {__gc = function() error(setmetatable({}, {__tostring = function() return "as text" end})) end})
collectgarbage()
-- The last ones run when the state is closed, newest first.
for i = 1, 3 do _G["kept" .. i] = setmetatable({}, {__gc = function() print("closing", i) if i == 2 then error("at the end") end end}) end
