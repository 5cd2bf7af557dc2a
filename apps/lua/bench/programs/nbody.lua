-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Planets that attract each other: floats in fields of tables.
local function body(x, y, z, vx, vy, vz, mass)
  return {x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass}
end

local function bodies()
  return {
    body(0, 0, 0, 0, 0, 0, 40.0),
    body(4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04),
    body(8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.01),
    body(12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.002),
    body(15.4, -25.9, 0.2, 1.0, 0.6, -0.03, 0.002),
  }
end

local function advance(list, step)
  local count = #list
  for i = 1, count do
    local a = list[i]
    for j = i + 1, count do
      local b = list[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local square = dx * dx + dy * dy + dz * dz
      local force = step / (square * math.sqrt(square))
      local ma, mb = a.mass * force, b.mass * force
      a.vx = a.vx - dx * mb
      a.vy = a.vy - dy * mb
      a.vz = a.vz - dz * mb
      b.vx = b.vx + dx * ma
      b.vy = b.vy + dy * ma
      b.vz = b.vz + dz * ma
    end
  end
  for i = 1, count do
    local a = list[i]
    a.x = a.x + step * a.vx
    a.y = a.y + step * a.vy
    a.z = a.z + step * a.vz
  end
end

local function energy(list)
  local sum = 0
  for i = 1, #list do
    local a = list[i]
    sum = sum + a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz) / 2
    for j = i + 1, #list do
      local b = list[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      sum = sum - a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return sum
end

function run(n)
  local list = bodies()
  for _ = 1, n do advance(list, 0.001) end
  return string.format("%.9f", energy(list))
end

-- program.lua [SIZE [ROUNDS]]: see ../README.md.
-- size of a round: 70000
local size, rounds = tonumber(arg[1]) or 280000, tonumber(arg[2])
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
