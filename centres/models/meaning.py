"""A row never changes its meaning: a result keeps its entry, an entry its candidate and syllabus, a
candidate its number, centre and series (rules 22 and 26).

A row that came to mean somebody or something else would take logins, grades, delays and holds along. So
none is changed into another: it is left, and another made. A number that is given to somebody else is no
exception: see `centres.models.Candidate`.
"""

from typing import Any, ClassVar

from django.db import models


class MeaningChanged(ValueError):
    """This would make a row mean something else; the message names the field."""


class MeansOneThing(models.Model):
    """A model whose fields in `MEANING` are set once."""

    MEANING: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises MeaningChanged."""
        if not self._state.adding:
            fields = (self._meta.get_field(name) for name in self.MEANING)
            names = [field.attname for field in fields if isinstance(field, models.Field)]
            stored = type(self)._base_manager.filter(pk=self.pk).values(*names).first()
            for name, was in (stored or {}).items():
                if was != getattr(self, name):
                    raise MeaningChanged(f"{name} of this {self._meta.verbose_name} cannot change")
        super().save(*args, **kwargs)
