"""What readers look for in the newspaper of `bench.rows`, each with what makes it cheap or dear to find."""

from urllib.parse import urlencode

from bench.words import WORDS

COMMON = "harbour"
"""In four of ten texts, as each of WORDS is, and in one headline of a hundred."""
# A phrase of two such words stands in one text of fifty, which fills a page of a thousand articles; the other in none.
PHRASE, NO_PHRASE = '"water modern"', f'"{COMMON} water {COMMON}"'

SEARCHES = {
    "a common word": {"q": COMMON},
    "a common word in a section, by time": {"q": COMMON, "section": "city", "order": "newest"},
    "a rare word": {"q": "777"},  # In one headline of all.
    "a word of every standfirst": {"q": "today"},  # And of no headline.
    "a phrase": {"q": PHRASE},
    "a phrase of common words that nothing has": {"q": NO_PHRASE},
    "sixteen common words": {"q": " ".join(WORDS[:16])},
}
QUERIES = {f"search, {name}": urlencode(asked) for name, asked in SEARCHES.items()}
