-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- An error with nil.
print "x"
error(nil)
