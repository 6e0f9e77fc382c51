"""What clients see: types, inputs, payloads and errors, one schema per role from the same types."""
