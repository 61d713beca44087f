"""Models of sealed results (rule 28): whoever asks for one finds it here."""

from sealed.models.ceremonies import Ceremony, Found, Turn
from sealed.models.keyholders import NOT_TRIED_FOR, Keyholder, may
from sealed.models.seals import LONGEST_NAME, Opening, Seal, SealedFile, Share

__all__ = [
    "LONGEST_NAME",
    "NOT_TRIED_FOR",
    "Ceremony",
    "Found",
    "Keyholder",
    "Opening",
    "Seal",
    "SealedFile",
    "Share",
    "Turn",
    "may",
]
