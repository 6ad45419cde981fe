print("OwnLoop")
