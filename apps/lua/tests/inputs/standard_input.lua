local number = io.read("n")
print("number", number, math.type(number))
print("rest", io.read())
print("line with its end", (io.read("L") or "none"):byte(-1))
print("three", io.read(3))
local count, bytes = 0, 0
for line in io.lines() do count = count + 1 bytes = bytes + #line end
print("lines", count, "bytes", bytes)
print("end", io.read(), io.read("a"), io.read(0), io.read("n"))
