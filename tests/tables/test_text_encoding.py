"""Text in any usual encoding is read right, or refused with the option that makes it work."""

import codecs
import functools
import io

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables.text_encoding import USUAL, declared_encoding
from gender_detection.tables.text_layout import TextOptions, open_text

WESTERN = ["Jörg Weiß", "Käthe Müller", "José Núñez", "Ana Muñoz", "François Lefèvre", "Åsa Öberg"]
CENTRAL = ["Jiří Dvořák", "Tomáš Nováček", "Žaneta Černá", "Zdeněk Růžička", "Věra Svobodová"]
CYRILLIC = ["Иван Петров", "Анна Кузнецова", "Сергей Иванов", "Наталья Смирнова"]
JAPANESE = ["佐藤花子", "鈴木一郎", "高橋美咲", "田中さくら", "渡辺健太"]
CHINESE = ["王伟", "李娜", "张敏", "刘洋", "陈静", "杨秀英", "赵军"]
TAIWANESE = ["陳怡君", "林志明", "黃淑芬", "張家豪", "李雅婷"]
KOREAN = ["김철수", "이영희", "박지민", "최민준", "정수진"]
DETECTED = {
    "windows-1252": WESTERN,
    "iso-8859-1": WESTERN,
    "iso-8859-15": [*WESTERN, "Benoît Lebœuf", "Zoé Škoda"],
    "windows-1250": CENTRAL,
    "windows-1251": CYRILLIC,
    "koi8-r": CYRILLIC,
    "shift-jis": JAPANESE,
    "gb18030": CHINESE,
    "euc-kr": KOREAN,
    "big5": TAIWANESE,
}
ALL = {**DETECTED, "utf-8": WESTERN, "utf-8-sig": CYRILLIC, "utf-16": JAPANESE, "utf-32": KOREAN}


def table(names: list[str], end: str = "\n") -> str:
    return end.join(["name;country", *(f"{name};IT" for name in names), ""])


def text_of(body: bytes, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return what a table is read as, and the notes on it."""
    opened = open_text(io.BytesIO(body), TextOptions(encoding))
    return opened.stream.read().decode(), opened.notes


@pytest.mark.parametrize("encoding", ALL)
def test_declared_encoding_is_used(encoding):
    text = table(ALL[encoding])
    read, notes = text_of(text.encode(encoding), encoding)

    assert read.removeprefix("\ufeff") == text
    assert all(note.startswith("read as ") for note in notes)


@pytest.mark.parametrize("encoding", DETECTED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encoding_is_found_by_the_letters_and_told(encoding, end):
    text = table(DETECTED[encoding], end)
    read, notes = text_of(text.encode(encoding))

    # Where the letters are the same, the name need not be.
    assert read == text
    (note,) = notes
    assert note.startswith("read as ")
    if encoding not in ("iso-8859-1", "iso-8859-15"):
        assert note == f"read as {encoding}"


@pytest.mark.parametrize("names", [WESTERN, CYRILLIC, CHINESE, ["Maria"]])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_byte_order_mark_shows_the_encoding_and_is_kept(names, encoding):
    text = "\ufeff" + table(names)

    assert text_of(text.encode(encoding)) == (text, (f"read as {encoding}",))
    assert text_of(text.encode(encoding), encoding[:6])[0] == text


@pytest.mark.parametrize("names", [WESTERN, CYRILLIC, CHINESE, ["Maria"]])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_zero_bytes_show_utf_16_without_a_mark(names, encoding):
    text = table(names)

    assert text_of(text.encode(encoding)) == (text, (f"read as {encoding}",))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_order_of_bytes_is_asked_for_where_nothing_shows_it(encoding):
    body = "中中中".encode(encoding + "-le")
    with pytest.raises(InvalidInput, match=f"--encoding {encoding}-le or {encoding}-be"):
        text_of(body, encoding)


def test_mark_is_believed_rather_than_the_declared_encoding_and_told():
    text = "\ufeff" + table(WESTERN)

    assert text_of(text.encode(), "cp1252") == (
        text,
        ("read as utf-8, which its first bytes declare, not as cp1252",),
    )


@pytest.mark.parametrize("body", [b"name\nMaria\n", table(WESTERN).encode(), b"", b"\xef\xbb\xbfa"])
def test_utf_8_passes_unchanged_without_a_note(body):
    opened = open_text(io.BytesIO(body))

    assert (opened.stream.read(), opened.notes) == (body, ())


@pytest.mark.parametrize("name", ["Ana Muñoz", "Şahin"])
def test_encoding_is_not_guessed_from_a_word(name):
    body = table([name]).encode("cp1254")
    with pytest.raises(InvalidInput, match=r"not UTF-8, and may be .* or .*: .* --encoding") as err:
        text_of(body)

    assert "windows-125" in str(err.value)


def test_message_names_the_option_of_the_caller():
    body = table(["Ana Muñoz"]).encode("cp1252")
    with pytest.raises(InvalidInput, match="for example charset=windows-1252"):
        open_text(io.BytesIO(body), TextOptions(option="charset="))


def test_text_that_fits_no_encoding_is_refused_with_the_option():
    body = b"name\nMar\xff\x81ia\nA\x8d\x90\x9f\xfe\xa0\x01\n"
    with pytest.raises(InvalidInput, match=r"fit no other encoding: .* --encoding utf-8 if few"):
        text_of(body)


def test_some_damaged_bytes_do_not_make_utf_8_another_encoding():
    body = table(WESTERN).encode() + b"Jos\xe9;ES\n"
    opened = open_text(io.BytesIO(body))

    assert opened.notes == ()
    (block,) = opened.read_csv().blocks()
    assert block.bad.to_pylist() == [False] * len(WESTERN) + [True]


@pytest.mark.parametrize("name", ["klingon", "", "hex", "idna", "punycode", "undefined", "a\0b"])
def test_unknown_encoding_is_refused_with_the_usual_ones(name):
    with pytest.raises(InvalidInput, match=r"unknown encoding .*such as utf-8, utf-16, windows"):
        text_of(b"name\n", name)


def test_usual_encodings_are_known():
    assert [declared_encoding(name).name for name in USUAL] == list(USUAL)


@pytest.mark.parametrize("encoding", ["windows-1252", "shift-jis", "gb18030", "utf-16-le", "ascii"])
@pytest.mark.parametrize("block_bytes", [1, 7, 1000])
def test_row_with_bytes_that_cannot_be_decoded_is_bad_wherever_it_is(encoding, block_bytes):
    wrong = {"utf-16-le": b"\x00\xd8", "ascii": b"\xc3\xa9"}.get(encoding, b"\x81\xff\x81 ")
    good = "Maria;IT\n".encode(encoding)
    rows = "name;country\n".encode(encoding) + good * 3 + wrong + good + good * 3
    opened = open_text(io.BytesIO(rows), TextOptions(encoding), sample_bytes=30)
    blocks = list(opened.read_csv(block_bytes).blocks())

    bad = [mark for block in blocks for mark in block.bad.to_pylist()]
    assert bad == [False] * 3 + [True] + [False] * 3


def test_characters_are_decoded_across_reads_of_any_size():
    text = table(JAPANESE * 50)
    for codec in ("utf-16", "gb18030", "utf-32", "utf-7"):
        for size in (1, 2, 5, 100):
            stream = io.BufferedReader(_Slowly(text.encode(codec), size))
            opened = open_text(stream, TextOptions(codec), sample_bytes=10)
            read = list(iter(functools.partial(opened.stream.read, size), b""))

            assert b"".join(read).decode().removeprefix("\ufeff") == text
            assert size < 100 or max(map(len, read)) <= max(size, len(codecs.BOM_UTF8) + size)


class _Slowly(io.RawIOBase):
    """A stream that gives at most a few bytes at a time."""

    def __init__(self, body: bytes, most: int) -> None:
        super().__init__()
        self._body, self._most = io.BytesIO(body), most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        part = self._body.read(min(self._most, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


def test_language_of_the_header_decides_where_all_letters_look_like_names():
    text = "Prénom;Nom;Pays\nHélène;Lefèvre;France\nJérôme;Müller;France\nZoé;Bernard;France\n"
    assert text_of(text.encode("windows-1252")) == (text, ("read as windows-1252",))
