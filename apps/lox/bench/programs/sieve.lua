-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Primes by a chain of closures, each of which lets pass what its prime does not divide.
local N = 22000 -- size of a round
local R = 5 -- rounds

local function divides(divisor, n)
  local rest, large = n, divisor * 16
  while rest >= large do rest = rest - large end
  while rest >= divisor do rest = rest - divisor end
  return rest == 0
end

local function everything(n)
  return true
end

local function without(prime, before)
  return function(n)
    if not before(n) then return false end
    return not divides(prime, n)
  end
end

local function round(n)
  local passes, sum = everything, 0
  for i = 2, n - 1 do
    if passes(i) then
      sum = sum + i
      if i * i < n then passes = without(i, passes) end
    end
  end
  return sum
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
