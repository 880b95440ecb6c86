"""What tests stand on: the real DynamoDB engine, moto for the rest, and clients."""
