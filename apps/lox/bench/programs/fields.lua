-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Reading and writing fields of one instance, which has many, from outside and from its methods.
local N = 1500000 -- size of a round
local R = 5 -- rounds

local Account = {}
Account.__index = Account

function Account.new()
  return setmetatable({opened = 1, paid = 0, drawn = 0, fees = 0, count = 0, limit = 500, least = 0, most = 0,
                       balance = 0}, Account)
end

local function round(n)
  local account = Account.new()
  for _ = 1, n do
    account.count = account.count + 1
    account.paid = account.paid + 3
    account.balance = account.paid - account.drawn - account.fees
    if account.balance > account.limit then
      account.drawn = account.drawn + account.limit / 2
      account.fees = account.fees + account.opened
    end
    if account.balance > account.most then account.most = account.balance end
    if account.balance < account.least then account.least = account.balance end
  end
  return account.balance + account.fees * 1000 + account.most + account.least + account.count
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
