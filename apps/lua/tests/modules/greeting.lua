-- A module for `-l` and `require`.
local name, path = ...
print("greeting is loaded", name, path)
return {hello = function(who) return "hello " .. who end}
