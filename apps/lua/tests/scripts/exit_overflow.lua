-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A stack overflow that nobody catches.
local function forever(n) local x = forever(n + 1) return x end
forever(1)
