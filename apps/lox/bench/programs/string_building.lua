-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Strings that grow by a few characters at a time, and their comparison.
local N = 13000 -- size of a round
local R = 5 -- rounds

-- `..` as the Lox program adds: two strings at a time.
local function repeated(text, times)
  local result = ""
  for _ = 1, times do result = result .. text end
  return result
end

local function doubled(text, times)
  local result = text
  for _ = 1, times do result = result .. result end
  return result
end

local function round(n)
  local count = 0
  for _ = 1, n do
    local text = repeated("ab", 64)
    if text == doubled("ab", 6) then count = count + 1 end
    if text .. "c" == "c" .. text then count = count + 1000000 end
    local line = ""
    for _ = 1, 20 do line = (((line .. "<") .. "j") .. ">") .. " " end
    if line == text then count = count + 1000000 end
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
