"""British English: day before month, and the 24-hour clock, never a.m. and p.m. (`FORMAT_MODULE_PATH`)."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
