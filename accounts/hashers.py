"""Staff passwords: Argon2id with parameters of our own choosing.

OWASP's first choice (19 MiB, 2 passes, 1 lane). Django's own default takes over 100 MiB a sign-in,
which a handful of officers signing in at once turns into gigabytes.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
