import Advantage

print("Advantage imported on its own")
