-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- An error in a metamethod in a coroutine in a for loop, with a level.
local object = setmetatable({}, {__index = function(t, k) error("no field " .. k, 2) end})
local function generate(n)
  return coroutine.wrap(function()
    for i = 1, n do coroutine.yield(i == n and object.missing or i) end
  end)
end
local sum = 0
for v in generate(3000) do sum = sum + v end
print(sum)
