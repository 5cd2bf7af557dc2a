-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- All ways to place queens on a board; those that stand are a list on the stack of calls.
local N = 10 -- size of a round
local R = 5 -- rounds

local Queen = {}
Queen.__index = Queen

function Queen.new(row, column, before)
  return setmetatable({row = row, column = column, before = before}, Queen)
end

function Queen:attacks(row, column)
  return self.column == column or self.row - self.column == row - column or self.row + self.column == row + column
end

local Board = {}
Board.__index = Board

function Board.new(size)
  return setmetatable({size = size, solutions = 0, sum = 0}, Board)
end

function Board:free(queens, row, column)
  local queen = queens
  while queen do
    if queen:attacks(row, column) then return false end
    queen = queen.before
  end
  return true
end

function Board:place(queens, row)
  if row == self.size then
    self.solutions = self.solutions + 1
    self.sum = self.sum + queens.column * self.solutions
    return
  end
  for column = 0, self.size - 1 do
    if self:free(queens, row, column) then self:place(Queen.new(row, column, queens), row + 1) end
  end
end

local function round(n)
  local board = Board.new(n)
  board:place(nil, 0)
  return board.sum * 1000 + board.solutions
end

for _ = 1, R do
  local start = os.clock()
  local checksum = round(N)
  local seconds = os.clock() - start
  print(string.format("%.17g", checksum))
  print(seconds)
end
