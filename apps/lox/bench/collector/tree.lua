-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A balanced tree lives; pairs are made and dropped beside it.
local N = 16777215 -- live objects

-- Of at least `count` nodes; no more than twice as many.
local function build(count)
  if count <= 1 then return {left = nil, right = nil, value = 1} end
  return {left = build(count / 2 - 0.5), right = build(count / 2 - 0.5), value = 2}
end

local function check(tree)
  if tree.left == nil then return tree.value end
  return tree.value + check(tree.left) + check(tree.right)
end

local function work(tree, n)
  local sum = 0
  for i = 0, n - 1 do
    local pair = {a = {a = i, b = tree}, b = tree}
    sum = sum + pair.a.a + pair.b.value
  end
  return sum
end

local start = os.clock()
local live = build(N)
local seconds = os.clock() - start
print(string.format("%.17g", check(live)))
print(seconds)

start = os.clock()
local sum = work(live, N)
seconds = os.clock() - start
print(string.format("%.17g", sum + check(live)))
print(seconds)
