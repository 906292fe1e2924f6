"""People in documents of JSON."""

import pytest

from gender_detection.tables.json_people import people_in


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        (b'[{"name": "Anna"}, {"name": null}]', b'{"name":"Anna"}\n{"name":null}\n'),
        (b'{"name": "Anna"}', b'{"name":"Anna"}\n'),
        (b'{"n": 1, "all": [{"name": "Anna"}], "none": []}', b'{"name":"Anna"}\n'),
        (
            b'[{"name": {"first": "Anna", "x": {"y": [1]}}}]',
            b'{"name.first":"Anna","name.x.y":[1]}\n',
        ),
        (
            b'{"name": {"0": "Anna", "1": null}, "x": {"0": 1, "1": 2}}',
            b'{"name":"Anna","x":1}\n{"name":null,"x":2}\n',
        ),
        (
            b'{"name": ["Anna", "Luca"], "x": [1, 2]}',
            b'{"name":"Anna","x":1}\n{"name":"Luca","x":2}\n',
        ),
        (b'{"columns": ["name"], "index": [0], "data": [["Anna"]]}', b'{"name":"Anna"}\n'),
        (b'{"data": {"all": {"nodes": [{"name": "Anna"}]}}}', b'{"name":"Anna"}\n'),
        (
            b'{"name": "A list", "people": [{"first_name": "Anna", "surname": "Neri"}]}',
            b'{"first_name":"Anna","surname":"Neri"}\n',
        ),
        (b'["Anna", "Luca"]', b'{"name":"Anna"}\n{"name":"Luca"}\n'),
        (b'[{"name": "Anna"}, 3]', b'{"name":"Anna"}\n3\n'),
        (b'{"name": "Anna"}\n{"name": "Luca"}', b'{"name": "Anna"}\n{"name": "Luca"}'),
    ],
)
def test_people_of_a_document_become_lines(document: bytes, lines: bytes):
    assert people_in(document) == lines


@pytest.mark.parametrize(
    "document",
    [
        b"", b"[", b"3", b"[]", b"{}", b'[{"title": "Anna"}]', b'[{"name": 3}]',
        b'{"name": ["Anna"], "x": [1, 2]}', b'{"columns": ["name"], "data": [["Anna", 1]]}',
        b'{"name": "A list", "people": [{"name": "Anna"}]}', b'["Anna", 3]',
        b'{"name": {"a": "Anna"}, "x": {"b": 1}}',
        b'[{"name": ["Anna"]}]',
        b'{"a": [{"name": "Anna"}], "b": [{"name": "Luca"}]}', b"[[1]]", b"\xff", b"[" * 5_000,
    ],
)  # fmt: skip
def test_other_documents_have_no_people(document: bytes):
    assert people_in(document) is None


def test_field_that_the_caller_wants_holds_names():
    assert people_in(b'[{"who": "Anna"}]') is None
    assert people_in(b'[{"who": "Anna"}]', ["who"]) == b'{"who":"Anna"}\n'
