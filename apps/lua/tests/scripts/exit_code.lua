-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- os.exit out of the middle of a hot loop, with finalizers and things to close.
setmetatable({}, {__gc = function() print "finalized" end})
local closer <close> = setmetatable({}, {__close = function() print "closed" end})
local n = 0
for i = 1, 1e9 do
  n = n + i % 3
  if i == 5000 then io.stdout:write("leaving ", n, "\n") os.exit(7, true) end
end
