print("devicepool")
