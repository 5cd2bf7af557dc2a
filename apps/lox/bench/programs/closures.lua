-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Counters, accumulators and composed functions: closures that are made, called, and change what they hold.
local N = 400000 -- size of a round
local R = 5 -- rounds

local function counter(step)
  local count = 0
  return function()
    count = count + step
    return count
  end
end

local function compose(f, g)
  return function(x)
    return f(g(x))
  end
end

local function adder(amount)
  return function(x)
    return x + amount
  end
end

local function round(n)
  local by_one, by_three = counter(1), counter(3)
  local both = compose(adder(1), compose(adder(2), adder(-1)))
  local sum = 0
  for i = 0, n - 1 do
    sum = sum + by_one() + by_three() + both(i)
    local here = counter(i)
    here()
    sum = sum + here()
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
