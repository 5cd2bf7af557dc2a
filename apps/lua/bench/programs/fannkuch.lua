-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Turning the first cards of a pack, for all orders of the pack: small arrays of integers.
-- Permutations in the order of a counter whose digits have bases 1, 2, 3 and so on.
function run(n)
  local pack, turned, digit = {}, {}, {}
  for i = 1, n do
    pack[i] = i
    digit[i] = 0
  end
  local most, checksum, even = 0, 0, true
  while true do
    local first = pack[1]
    if first ~= 1 then
      for i = 1, n do turned[i] = pack[i] end
      local flips = 0
      while first ~= 1 do
        local low, high = 1, first
        while low < high do
          turned[low], turned[high] = turned[high], turned[low]
          low = low + 1
          high = high - 1
        end
        flips = flips + 1
        first = turned[1]
      end
      if flips > most then most = flips end
      checksum = even and checksum + flips or checksum - flips
    end
    -- The next order: rotate ever longer prefixes.
    even = not even
    local length = 2
    while true do
      if length > n then return checksum .. " " .. most end
      local head = pack[1]
      for i = 1, length - 1 do pack[i] = pack[i + 1] end
      pack[length] = head
      digit[length] = digit[length] + 1
      if digit[length] < length then break end
      digit[length] = 0
      length = length + 1
    end
  end
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 9
local size, rounds = tonumber(arg[1]) or 10, tonumber(arg[2])
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
