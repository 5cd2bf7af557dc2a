-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- An error that nobody catches, out of hot code: the traceback on standard error, status 1.
local function inner(list, i) return list[i].value end
local function outer(list) local s = 0 for i = 1, 3000 do s = s + inner(list, i) end return s end
local list = {}
for i = 1, 2500 do list[i] = {value = i} end
print "before"
local result = outer(list)
print(result)
