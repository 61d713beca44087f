"""The contact whom candidates ask about results, as typed on *Edit status* and Subcentre Management (rules 5, 11)."""

from django import forms

from centres.terms import Contact
from core import plain_text


class ContactForm(plain_text.Form):
    """A name, and a telephone number or an e-mail address; all or nothing."""

    contact_name = forms.CharField(label="Contact name", max_length=100, required=False)
    contact_telephone = forms.CharField(label="Telephone", max_length=40, required=False)
    contact_email = forms.EmailField(label="E-mail", max_length=100, required=False)

    def contact(self) -> Contact:
        data = self.cleaned_data
        return Contact(
            data.get("contact_name", ""),
            data.get("contact_telephone", ""),
            data.get("contact_email", ""),
        )

    def check_contact(self, *, needed: bool) -> None:
        contact = self.contact()
        if contact == Contact() and not needed:
            return
        if not contact.name:
            self.add_error("contact_name", "Give the name of a person or an office.")
        if not (contact.telephone or contact.email) and "contact_email" not in self.errors:
            self.add_error("contact_telephone", "Give a telephone number or an e-mail address.")


def contact_initial(contact: Contact) -> dict[str, str]:
    return {
        "contact_name": contact.name,
        "contact_telephone": contact.telephone,
        "contact_email": contact.email,
    }
