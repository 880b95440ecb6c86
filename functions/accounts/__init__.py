"""What patients owe and pay: accounts, the desk's payments, statements, the day's close."""
