"""Names and words as they are compared and searched for: what may be typed otherwise is folded away.

Case, accents, width, hamza, vowel signs and whatever joins or stretches letters do not count. Digits of
all scripts are one, hiragana is katakana, and letters that only look alike are one: a Cyrillic or Greek А
and a Latin A, a Persian ی and an Arabic ي. Whatever is no letter and no digit stands between words.
"""

import unicodedata

_SMALL, _LARGE = (
    "ァィゥェォッャュョヮヵヶ",
    "アイウエオツヤユヨワカケ",
)  # old forms know no small kana
_HIRAGANA = {kana: chr(kana + 0x60) for kana in range(0x3041, 0x3097)}
# Upper case, since more letters look alike there.
_ALIKE = str.maketrans(
    {
        **dict(zip("АВЕКМНОРСТУХЅІЈҺԚԜӀЬ", "ABEKMHOPCTYXSIJHQWIB", strict=True)),  # Cyrillic
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),  # Greek
        **dict(zip("ӘƏØŁĐÐĦŦŊ", "EEOLDDHTN", strict=True)),
        **{"Æ": "AE", "Œ": "OE", "Þ": "TH", "ẞ": "SS"},
        **dict(zip("یىےېکڪہۃةھەۀٱں", "ييييككههههههان", strict=True)),  # as in Arabic
        **dict(zip(_SMALL, _LARGE, strict=True)),
        **dict.fromkeys("ʼʻʽʹʾʿ`´", "'"),
        **dict.fromkeys("ـءٴー"),  # a stretched line or vowel, and what stands on no letter
    }
)


def folded(text: str) -> str:
    """The words of a text, folded, in its order, with spaces between."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    kept = "".join(filter(_is_seen, letters)).translate(_HIRAGANA).translate(_ALIKE)
    return "".join(map(_letter, kept))


def _is_seen(char: str) -> bool:
    return not unicodedata.combining(char) and unicodedata.category(char) != "Cf"


def _letter(char: str) -> str:
    if unicodedata.category(char)[0] not in "LMN":
        return " "
    return str(unicodedata.decimal(char, char))
