import stat
import zipfile

import pytest

from gender_detection.errors import SourceError
from gender_detection.sources.archives import matching, open_archive, open_member


@pytest.fixture
def zipped(tmp_path):
    """Write an archive of the given members and return its path."""

    def write(*members, compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / "names.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return path

    return write


def contents(path, pattern=r".*", max_bytes=1_000_000):
    with open_archive(path, "test") as archive:
        found = {}
        for _, member in matching(archive, pattern):
            with open_member(archive, member, max_bytes, "test") as stream:
                found[member.filename] = stream.read()
        return found


def test_only_matching_files_are_read_in_the_order_of_their_names(zipped):
    path = zipped(("yob1881.txt", "b"), ("sub/yob1880.txt", "a"), ("readme.pdf", "x"))
    found = contents(path, r"yob\d{4}\.txt")
    assert list(found.items()) == [("sub/yob1880.txt", b"a"), ("yob1881.txt", b"b")]


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "a/../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "C:\\evil.txt", "C:evil"],
)
def test_archive_with_a_name_outside_its_folder_is_refused(zipped, tmp_path, name):
    path = zipped(("yob1880.txt", "Mary,F,1"), (name, "evil"))
    with pytest.raises(SourceError, match="leaves the archive's folder"):
        contents(path)
    assert [p.name for p in tmp_path.iterdir()] == ["names.zip"]


def test_archive_with_a_symbolic_link_is_refused(zipped):
    link = zipfile.ZipInfo("yob1880.txt")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(SourceError, match="link"):
        contents(zipped((link, "/etc/passwd")))


def test_encrypted_member_is_refused(zipped):
    path = zipped(("yob1880.txt", "Mary,F,1"))
    data = bytearray(path.read_bytes())
    # The flags of the one member, in its own header and in the archive's directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match="encrypted"):
        contents(path)


def test_bomb_that_declares_its_size_is_not_opened(zipped):
    path = zipped(("yob1880.txt", b"\0" * 5_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(SourceError, match=r"more than 1000000 bytes.*raise max_unpacked_bytes"):
        contents(path)


def test_bomb_that_declares_a_wrong_size_is_stopped(zipped):
    path = zipped(("yob1880.txt", b"\0" * 5_000_000))
    true, claimed = (5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(true, claimed))
    with pytest.raises(SourceError, match="not a zip archive"):
        contents(path)


def test_archive_with_too_many_files_is_refused(zipped, monkeypatch):
    monkeypatch.setattr("gender_detection.sources.archives.MAX_MEMBERS", 2)
    with pytest.raises(SourceError, match="has 3 files"):
        contents(zipped(("a", ""), ("b", ""), ("c", "")))


def test_file_that_is_not_an_archive_is_named(tmp_path):
    path = tmp_path / "names.zip"
    path.write_text("<html>not found</html>")
    with pytest.raises(SourceError, match=r"names\.zip is not a zip archive.*delete"):
        contents(path)


def test_damaged_member_is_named(zipped):
    path = zipped(("yob1880.txt", "Mary,F,1\n" * 100), compression=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"Mary,F,1", b"Mary,F,9", 1))
    with pytest.raises(SourceError, match="not a zip archive"):
        contents(path)
