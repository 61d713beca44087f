"""Files of the board -> rows. A file changes everything that it says, or, with one bad row, nothing.

`reading` finds the rows of a CSV file, `values` turns a cell into a value or says what is wrong
with it, `claims` finds rows that disagree, `storing` creates what is new and changes what differs,
`kind` does this a batch at a time; then a file for each kind of file. Memory does not grow with
the file.
"""
