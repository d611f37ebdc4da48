"""Prompts as people type, paste and break them."""

import html
from random import Random

from prompt_words import EMOJI, LANGUAGES, RARE_EMOJI, chinese, english, japanese, korean, russian

SPACES = [
    "\u00a0", "\t", "\n", "\r\n", "\r", "\u3000", "\u2003", "\u202f", "\u200b", "\u200c", "\u200d",
    "\u2060", "\ufeff", "\u2028", "\u2029", "\x85", "\v", "\f", "\x1c", "\u1680", "\u200e", "\u00ad",
    "\u2581", "\u180e",
]
CONTROLS = [
    "\x00", "\x01", "\x07", "\x08", "\x0e", "\x1b", "\x1b[31m", "\x1b[0;1m", "\x7f", "\x80", "\x81",
    "\x92", "\x99", "\x9f", "\u206a", "\ufffc", "\ufffd", "\ufff9", "\u202e", "\x1a", "\x1b[2K",
]
ENTITIES = [
    "&amp;", "&amp;amp;", "&lt;b&gt;", "&quot;", "&#39;", "&#x27;", "&nbsp;", "&hellip;", "&eacute;",
    "&EACUTE;", "&copy;", "&copy", "&notit;", "&not;", "&#8217;", "&#x1F600;", "&#128;", "&#xD800;",
    "&#0;", "&#x110000;", "&unknown;", "&;", "&#;", "&#x;", "AT&T", "&ampere", "&frac12;", "&rarr;",
    "&NotEqualTilde;", "&bne;", "&acE;", "&lt;br/&gt;", "&#13;", "&#1;", "&#xFDD0;", "&#9999999999;",
    "&amp;lt;", "&AMP;", "&GT", "&szlig;", "&SZLIG;", "&#x80;", "&fjlig;", "&thinsp;", "&zwj;", "&zwnj;",
    "&shy;", "&ltimes;", "&lt&gt",
]
QUOTES = [
    "“quoted”", "‘single’", "it’s", "‚low‘", "„low“", "«guillemets»", "‹x›", "ʼn", "5′ 6″", "`tick`",
    "‛odd‛", "‟odd‟", "don´t", "rock ’n’ roll",
]
LIGATURES = [
    "ﬁne", "ﬂuﬀy", "oﬃce", "baﬄe", "ﬆone", "ﬅill", "Ĳssel", "ĳs", "Ǆep", "ǅep", "ǆep", "Ǉ", "ǈ", "ǉ", "Ǌ",
    "ǋ", "ǌ", "Ǳ", "ǲ", "ǳ", "ŉ", "ſt", "æther", "œuvre",
]
WIDTHS = [
    "ＡＢＣ", "ｃａｔ　ｄｏｇ", "１２３", "！？", "ｶﾞｷﾞｸﾞ", "ﾊﾟｿｺﾝ", "ﾡﾢ", "￥１００", "￠￡", "～", "（括号）", "：；，", "｢｣", "￩￪",
]
FORMS = [
    "e\u0301te\u0301", "n\u0303", "A\u030a", "\u1112\u1161\u11ab", "が", "か\u3099", "ﬁ\u0301", "①②③", "Ⅳ",
    "㎏", "㍿", "½", "x²", "ª\u0301", "ﻻ\u064e", "™\u0301", "Ω", "K", "Å", "ﷺ", "𝒞𝓪𝓽", "🅰️", "ẛ\u0323", "क़",
    "ก\u0e33", "ﾠ", "ﬀ\u200d", "\u0344", "\ufffd\u0301", "µ", "º\u0300", "…", "‥", "№", "℃", "─│┌", "ﾞ",
]
SPECIAL = [
    "</s>", "<pad>", "<unk>", "<s>", "<extra_id_0>", "<extra_id_99>", "<extra_id_299>", "<extra_id_300>",
    "<extra_id_07>", "</S>", "<extra_id_", "<mask>", "[CLS]", "<|endoftext|>", "</s", "<<pad>>",
    "<extra_id_0", "< pad >", "<extra_id_1><extra_id_2>", "</s></s>", "<pad> <pad>", "<0x0a>x", "&#12ab;",
    "\\n", "\\u00e9", "%s",
]
BROKEN = [
    "café", "naïve façade", "El Niño", "Zürich im Schnee", "smörgåsbord", "it’s a “test”", "— dash – dash",
    "price: 5€", "日本の猫", "小猫在跑", "고양이", "кот бежит", "😀 cat", "voilà le travail", "à la mode", "ça va",
    "São Paulo às 5", "Ελλάδα", "مرحبا", "ñandú", "10 × 20 ½", "™ ©", "l’été… déjà", "œuvre", "Ærø", "ﬁ",
    "…", "č š ž ř", "łódź", "ő ű", "ğ ş ı İ", "ā ē ī", "Čapek’s", "тест — «кавычки»", "naïve 🐈 café",
    "àquela", "Ä Ö Ü ß", "¿qué? ¡sí!", "Ïle",
]
READ_AS = [
    "latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253",
    "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437",
]
EDGES = [
    "", " ", "\n", "a", "。", "😀", "\u200b", "\ufeff", "&nbsp;", "\x00", "'", "\"", "  two  spaces  ",
    "\u3000", "&amp;", "(masterpiece:1.2), [low quality], {a|b}", "<lora:style:0.8> cat", "cat --ar 16:9",
    "100% & more", "a" * 600, "x_y-z/w\\v", "https://example.org/?a=1&b=2&copy=3&lt=4", "C:\\temp\\new",
    "1,000.50 $", "#tag @name", "🐈" * 40, "…" * 12, "ABC" * 50, "\u0301\u0302", "e" + "\u0301" * 30,
    "\u202eabc", "한" * 30, "ㅋㅋㅋ ㅎㅎ", "ﾊﾞｶﾞ", "Å Â Ã", "Ã la", "Ã©", "â€œquoteâ€\x9d", "â€œ like this â€�",
    "Ã¢â‚¬â„¢", "ï»¿start", "Â£5 Â© 2020", "sÃ³ e nÃ£o", "RÃ©sumÃ© & cafÃ©", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "å°çŒ«",
    "ë‚˜ë¹„", "\u0080\u0099", "it\x92s \x93quoted\x94", "doesnâ€™t &amp; wonâ€™t", "ÃƒÂ©",
    "Ã\xa0 bientÃ´t", "l\u2019Ã©tÃ©", "voilÃ le travail", "Ã quel point", "\u00c3\u00a0",
    "broken â€” dash", "ðŸ˜€ cat", "í\xa0½í¸\x80", "À\x80 null", "a < b &amp; c", "x\n<b>\n&eacute;",
    "&eacute;\n<b>\n&eacute;", "schÃ¶n\nnaÃ¯ve", "Â°C and Â±5", "Îµ Î»", "×² ³", "œ uvre", "Nº 5 ª",
]


def long_prompts(random: Random) -> list[str]:
    """Prompts of 2,000 characters and prompts that do not fit 512 tokens."""
    texts = []
    for language in LANGUAGES:
        text = ""
        while len(text) < 2000:
            text += language(random) + " "
        texts.append(text[:2000])
    mixed = " ".join(language(random) for _ in range(60) for language in LANGUAGES)
    return texts + [mixed, mixed.replace(" ", ""), "cat " * 510, "cat " * 511, "cat " * 512, "cat " * 700,
                    "the </s> " * 300, "猫" * 1000, "🐈‍⬛ " * 200, "é" * 520, "x" * 2000]


def mojibake(random: Random) -> list[str]:
    """UTF-8 read in another encoding, in whole and in part, once and twice."""
    texts = []
    for words in BROKEN:
        for encoding in READ_AS:
            try:
                broken = words.encode().decode(encoding)
                twice = broken.encode().decode(encoding)
            except UnicodeDecodeError:
                continue
            around = [broken, f"{english(random)} {broken}", f"{broken} {random.choice(BROKEN)}", twice,
                      broken.replace("\xa0", " "), broken.replace("\x9d", "\ufffd").replace("\x81", "?")]
            texts.append(random.choice(around))
    return random.sample(texts, min(len(texts), 200))


def spliced(parts: list[str], random: Random) -> list[str]:
    """Each part inside and at the edges of a sentence."""
    texts = []
    for part in parts:
        words = random.choice(LANGUAGES)(random).split(" ")
        position = random.randrange(len(words) + 1)
        glue = random.choice(["", " "])
        texts.append(glue.join([" ".join(words[:position]), part, " ".join(words[position:])]))
    return texts


def prompts(seed: int) -> list[str]:
    """All prompts, each once, in a fixed order."""
    random = Random(seed)
    texts = list(EDGES)
    for language, count in zip(LANGUAGES, [60, 40, 30, 20, 20]):
        texts += [language(random) for _ in range(count)]
    texts += [" ".join(random.choice(LANGUAGES)(random) for _ in range(3)) for _ in range(30)]
    texts += [f"{english(random)} {random.choice(EMOJI)} {emoji}" for emoji in RARE_EMOJI]
    texts += [random.choice(EMOJI) + emoji + chinese(random) for emoji in RARE_EMOJI]
    for parts in [SPACES, CONTROLS, ENTITIES, QUOTES, LIGATURES, WIDTHS, FORMS, SPECIAL]:
        texts += parts + spliced(parts, random)
    for _ in range(5):
        texts.append(html.escape(html.escape(f'{english(random)} "{korean(random)}" <{russian(random)}>')))
    texts += ["\n".join([japanese(random), english(random), russian(random)]) for _ in range(5)]
    texts += mojibake(random) + long_prompts(random)
    return list(dict.fromkeys(texts))
