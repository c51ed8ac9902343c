"""What people are asked in Home Assistant's UI, step by step."""
