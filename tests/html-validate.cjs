// The rules of html-validate (tests/test_valid_html.py): all that it recommends, but for these.
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Ways of writing that mean the same. Django and crispy-forms write theirs, djlint wants a lower doctype.
    "attr-quotes": "off",
    "attribute-boolean-style": "off",
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",

    // What HTML takes when nothing is said is what is meant: a button that sends its form, a field for text.
    "no-implicit-button-type": "off",
    "no-implicit-input-type": "off",

    // crispy-forms draws a button that sends as an input, which it may be.
    "prefer-button": "off",

    // A title names page, centre and series, the page first; how long they are is not ours to say.
    "long-title": "off",

    // On a narrow screen a long telephone number may go on in the next line.
    "tel-non-breaking": "off",

    // What is being made is looked for every five seconds, on a page that holds nothing else (WCAG 2.2.2).
    "meta-refresh": "off",

    // On a phone the rows of a table are laid out as a grid, which takes from it, for who listens, that it is one:
    // so its parts say what they are.
    "no-redundant-role": "off",

    // Ticks and hidden values of one name are a list.
    "form-dup-name": "off",
  },
};
