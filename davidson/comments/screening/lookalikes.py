"""Characters that pass for Latin letters.

A hand-made extract of the confusables of Unicode Technical Standard 39, section 4, kept to letters that keyboards and
"fancy text" generators offer: Cyrillic, Greek, Armenian, small capitals and coloured letter signs. Full-width, circled
and mathematical letters are missing on purpose: their NFKD form is the Latin letter already.
"""

_LOOKALIKES_OF = {
    "a": "\u0410\u0430\u0391\u03b1\u0251\u1d00",
    "b": "\u0412\u0432\u042c\u044c\u0392\u03b2\u0299",
    "c": "\u0421\u0441\u03c2\u1d04",
    "d": "\u0500\u0501\u0110\u0111\u1d05",
    "e": "\u0415\u0435\u0404\u0454\u04bd\u0395\u03b5\u1d07\u212e",
    "f": "\u0192\ua730",
    "g": "\u0261\u0581\u0262\u050c\u050d",
    "h": "\u041d\u043d\u04ba\u04bb\u0397\u029c\u0126\u0127",
    "i": "\u0406\u0456\u0399\u03b9\u0131\u0269\u026a",
    "j": "\u0408\u0458\u0237\u1d0a",
    "k": "\u041a\u043a\u039a\u03ba\u1d0b",
    "l": "\u04c0\u04cf\u029f\u0141\u0142",
    "m": "\u041c\u043c\u039c\u1d0d",
    "n": "\u041f\u043f\u039d\u03b7\u0578\u057c\u0274",
    "o": "\u041e\u043e\u039f\u03bf\u03c3\u0555\u0585\u1d0f\u00d8\u00f8\u0275",
    "p": "\u0420\u0440\u03a1\u03c1\u1d18",
    "q": "\u051a\u051b\u0566",
    "r": "\u0413\u0433\u0280\u1d26",
    "s": "\u0405\u0455\u054f\ua731",
    "t": "\u0422\u0442\u03a4\u03c4\u1d1b",
    "u": "\u03c5\u03bc\u057d\u1d1c",
    "v": "\u0474\u0475\u03bd\u1d20",
    "w": "\u0460\u0461\u051c\u051d\u03c9\u1d21",
    "x": "\u0425\u0445\u03a7\u03c7",
    "y": "\u0423\u0443\u04ae\u04af\u03a5\u03b3\u028f",
    "z": "\u0396\u1d22",
}

# The first of 26 consecutive signs, A to Z: negative circled, negative squared, regional indicators.
_COLOURED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)

LOOKALIKES: dict[str, str] = {sign: letter for letter, signs in _LOOKALIKES_OF.items() for sign in signs} | {
    chr(first + offset): chr(ord("a") + offset) for first in _COLOURED_ALPHABETS for offset in range(26)
}
"""A character to the one Latin letter it passes for."""
