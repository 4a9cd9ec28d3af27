"""Pieces of text that, repeated, have made parsers take quadratic time."""

SLOW = (
    *("www.", "a-", "a@", "http://", "<http://", "http://a.bc ", "http://a.b/((((", "http://a.b/))))", "[a](http://b"),
    *(">", "> ", ">a\n", "*", "*a ", "**a", "*a*", "***a **b *c ", "_a ", "`", "`a``", "~~a ", "- ", "- a\n", "1. a\n"),
    *(
        "<",
        "&",
        "&lt;",
        "&#8238;",
        '"',
        "'",
        "[",
        "](",
        "[a](",
        "![",
        "![[]()",
        "[^1]",
        "^[",
        "[a]: b\n",
        "\\",
        " ",
        "\t",
    ),
    *("<a href=x ", "<a ", "<b><p>", "<blockquote>", "<ul><li>", "<a href=http://a.bc>", "<table><b>", "<font>"),
    *("[url", "[url=a]", "a\n", "a\n\n", "\u202e", "\u0301"),
)
