"""Forms of exams officers about their centres: a file for each page, and what pages share."""
