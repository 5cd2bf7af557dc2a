-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- An error object with __tostring.
error(setmetatable({}, {__tostring = function() return "my own text" end}))
