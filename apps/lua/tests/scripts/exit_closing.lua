-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Errors while the main chunk has variables to close.
local a <close> = setmetatable({}, {__close = function(_, e) print("closing", e) end})
local b <close> = setmetatable({}, {__close = function() error("from close", 0) end})
for i = 1, 3000 do local x = i == 2998 and nil or 1 local y = (i == 2998 and {} or 1) + x end
