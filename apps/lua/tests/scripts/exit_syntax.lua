-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A syntax error: a message with the place, status 1, nothing run.
print "never"
local x = = 5
