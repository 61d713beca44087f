"""The candidate site as Django has it by default, to compare ours with."""
