print("varargs", select("#", ...), ...)
print("arg", #arg, arg[0])
for i = 1, #arg do print(i, arg[i]) end
print("before", arg[-1] ~= nil, greeting ~= nil)
