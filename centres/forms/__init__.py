"""What exams officers fill in about their centres: a file for each page, and what pages share."""
