"""The use cases: one module per step of the procedure, and `scope`, the only road to rows."""
