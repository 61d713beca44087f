"""Files of the board -> rows. A file changes everything that it says, or, with one bad row, nothing.

`dialect` tells how a CSV file is written, `csv_reader` finds its rows, `cells` turns a cell into a value or
says what is wrong with it, `report` tells each fault of a column once, `spoilt_names` finds names that
lost letters, `contradictions` finds rows that disagree, `upsert` creates what is new and changes what
differs, `loader` does this a batch at a time. `loading.kinds` has a file for each kind. Memory does
not grow with the file.
"""
