-- A module with an error in it.
error("broken on purpose")
