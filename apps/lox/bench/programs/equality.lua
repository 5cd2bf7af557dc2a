-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Comparisons of strings, and of values of all kinds with each other.
local N = 2200000 -- size of a round
local R = 5 -- rounds

local function round(n)
  local thing, other = {}, {}
  local apple, pear = "apple", "pear"
  local long = "a sentence of some forty characters, no: more"
  local same = "a sentence of some forty " .. "characters, no: more"
  local count = 0
  for i = 0, n - 1 do
    if apple == "apple" then count = count + 1 end
    if apple == pear then count = count + 2 end
    if long == same then count = count + 3 end
    if long ~= apple then count = count + 4 end
    if thing == other then count = count + 5 end
    if thing ~= nil then count = count + 6 end
    if i == apple then count = count + 7 end
    if i == 77 then count = count + 8 end
    apple, pear = pear, apple
  end
  return count
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
