-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- A class with many fields and many methods, each of which is short.
local N = 170000 -- size of a round
local R = 5 -- rounds

local Ship = {}
Ship.__index = Ship

function Ship.new()
  return setmetatable({
    anchor = 1,
    bell = 2,
    compass = 3,
    deck = 4,
    engine = 5,
    flag = 6,
    galley = 7,
    hull = 8,
    island = 9,
    jib = 10,
    keel = 11,
    lantern = 12,
    mast = 13,
    net = 14,
    oar = 15,
    pump = 16,
  }, Ship)
end

function Ship:check_anchor()
  return self.anchor + self.deck
end

function Ship:check_bell()
  return self.bell + self.keel
end

function Ship:check_compass()
  return self.compass + self.bell
end

function Ship:check_deck()
  return self.deck + self.island
end

function Ship:check_engine()
  return self.engine + self.pump
end

function Ship:check_flag()
  return self.flag + self.galley
end

function Ship:check_galley()
  return self.galley + self.net
end

function Ship:check_hull()
  return self.hull + self.engine
end

function Ship:check_island()
  return self.island + self.lantern
end

function Ship:check_jib()
  return self.jib + self.compass
end

function Ship:check_keel()
  return self.keel + self.jib
end

function Ship:check_lantern()
  return self.lantern + self.anchor
end

function Ship:check_mast()
  return self.mast + self.hull
end

function Ship:check_net()
  return self.net + self.oar
end

function Ship:check_oar()
  return self.oar + self.flag
end

function Ship:check_pump()
  return self.pump + self.mast
end

function Ship:repair()
  self.hull = self.hull + 1
  if self.hull > 100 then self.hull = 1 end
  self.mast = self.hull - self.mast
end

local function round(n)
  local ship, sum = Ship.new(), 0
  for _ = 1, n do
    sum = sum
        + ship:check_anchor() + ship:check_bell() + ship:check_compass() + ship:check_deck()
        + ship:check_engine() + ship:check_flag() + ship:check_galley() + ship:check_hull()
        + ship:check_island() + ship:check_jib() + ship:check_keel() + ship:check_lantern()
        + ship:check_mast() + ship:check_net() + ship:check_oar() + ship:check_pump()
    ship:repair()
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
