"""What belongs to the district as a whole: its parts, its plan and what could not be accepted."""
