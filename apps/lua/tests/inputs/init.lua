print("the init file runs", select("#", ...), #arg)
