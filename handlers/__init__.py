"""What people can ask: one module per concern, and `router.py` with the table."""
