"""The pages of sealed results, a file each."""
