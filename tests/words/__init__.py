"""What people read is in one script, and in words."""
