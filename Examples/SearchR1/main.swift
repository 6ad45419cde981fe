print("SearchR1")
