"""What a letter is made with: its style sheet and its fonts."""
