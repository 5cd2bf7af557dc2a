-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Method calls: classes that inherit, objects that are asked and told.
local Account = {}
Account.__index = Account
function Account.new(owner) return setmetatable({owner = owner, balance = 0, operations = 0}, Account) end
function Account:deposit(amount)
  self.balance = self.balance + amount
  self.operations = self.operations + 1
end
function Account:fee() return 1 end
function Account:withdraw(amount)
  local cost = amount + self:fee()
  if cost > self.balance then return false end
  self.balance = self.balance - cost
  self.operations = self.operations + 1
  return true
end
function Account:get_balance() return self.balance end

local Savings = setmetatable({}, {__index = Account})
Savings.__index = Savings
function Savings.new(owner, rate)
  local account = setmetatable(Account.new(owner), Savings)
  account.rate = rate
  return account
end
function Savings:fee() return 2 end
function Savings:accrue() self:deposit(self:get_balance() % self.rate) end

function run(n)
  local accounts = {}
  for i = 1, 20 do accounts[i] = i % 3 == 0 and Savings.new(i, i % 7 + 2) or Account.new(i) end
  local refused = 0
  for i = 1, n do
    local account = accounts[i % 20 + 1]
    account:deposit(i % 100)
    if not account:withdraw(i % 90) then refused = refused + 1 end
    if account.accrue then account:accrue() end
    if account:get_balance() > 1000 then account:withdraw(900) end
  end
  local sum = refused
  for i = 1, 20 do sum = sum + accounts[i]:get_balance() * i + accounts[i].operations end
  return sum
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 650000
local size, rounds = tonumber(arg[1]) or 2600000, tonumber(arg[2])
if not rounds then
  print(run(size))
else
  local first
  for round = 1, rounds do
    local start = os.clock()
    local result = run(size)
    io.stderr:write(string.format("round %d %.6f\n", round, os.clock() - start))
    first = first or result
    if result ~= first then error("round " .. round .. " gave " .. result .. ", the first one " .. first) end
  end
  print(first)
end
