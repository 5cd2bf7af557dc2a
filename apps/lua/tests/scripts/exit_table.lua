-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- An error object that is a table without a text.
for i = 1, 2000 do if i == 1999 then error({code = i}) end end
