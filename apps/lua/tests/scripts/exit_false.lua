-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- os.exit(false) in a coroutine in a pcall.
print(pcall(coroutine.wrap(function() for i = 1, 3000 do if i == 2999 then os.exit(false) end end end)))
