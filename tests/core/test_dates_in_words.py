"""Months and days as each language writes them, where Django's own texts are not right."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils.translation import override

from core.dates import day, month, utc

FIRST = dt.datetime(2026, 9, 1, 5, 0, tzinfo=dt.UTC)


def months(language: str) -> str:
    with override(language):
        return " ".join(month(dt.date(2026, number, 1)) for number in range(1, 13))


def test_the_months_of_hindi_are_spelt_as_hindi_spells_them():
    assert months("hi").replace(" 2026", "") == (
        "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"
    )


def test_april_in_arabic_is_spelt_as_browsers_spell_it():
    assert "أبريل 2026" in months("ar")


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_the_first_of_a_month_has_a_name_of_its_own_in_french_alone(language):
    with override(language):
        said = (day(FIRST.date()), utc(FIRST), day(FIRST.date() + dt.timedelta(days=20)))

    assert [text.startswith("1er ") for text in said] == [language == "fr", language == "fr", False]
    assert "21er" not in said[2]
