"""The reading of full names: given names, order, titles, initials, and texts that are not names."""

import pytest

from gender_detection.names import parse

# name, country, given names, first key
GIVEN = [
    ("Maria", None, "Maria", "maria"),
    ("Maria Rossi", None, "Maria", "maria"),
    ("maria rossi", None, "maria", "maria"),
    ("MARIA ROSSI", None, "MARIA", "maria"),
    ("ANNA MARIA ROSSI", None, "ANNA MARIA", "annamaria"),
    ("María García", "ES", "María", "maria"),
    ("Mary Ann Smith", "US", "Mary Ann", "maryann"),
    ("Mary Ann", None, "Mary Ann", "maryann"),
    ("Juan Carlos", "MX", "Juan Carlos", "juancarlos"),
    ("Maryann Smith", "US", "Maryann", "maryann"),
    ("Jean-Pierre Dupont", "FR", "Jean-Pierre", "jeanpierre"),
    ("JEAN PIERRE DUPONT", "FR", "JEAN PIERRE", "jeanpierre"),
    ("Jo Smith", "GB", "Jo", "jo"),
    ("AL Gore", "US", "AL", "al"),
    ("Ng", None, "Ng", "ng"),
    # Family name before a comma, suffixes after one.
    ("Smith, John", None, "John", "john"),
    ("Müller, Hans-Peter", "DE", "Hans-Peter", "hanspeter"),
    ("John Smith, Jr", None, "John", "john"),
    ("Smith, John, Jr.", None, "John", "john"),
    ("Smith Jr., John", None, "John", "john"),
    ("Jane Doe, PhD", None, "Jane", "jane"),
    ("Jane Doe, Ph.D., M.D.", None, "Jane", "jane"),
    ("Jane Doe PhD", None, "Jane", "jane"),
    ("John Smith III", None, "John", "john"),
    ("John Smith Sr.", None, "John", "john"),
    ("João Souza Filho", "BR", "João", "joao"),
    # Neutral titles are removed.
    ("Dr. Anna Kowalska", "PL", "Anna", "anna"),
    ("Prof.Dr. Maria Huber", "AT", "Maria", "maria"),
    ("Dipl.-Ing. Hans Maier", "DE", "Hans", "hans"),
    ("Rev. John Smith", None, "John", "john"),
    ("Lt Col John Smith", None, "John", "john"),
    ("Hon. Jane Doe", None, "Jane", "jane"),
    ("Jane Doe, Dr.", None, "Jane", "jane"),
    ("Jane Doe, Prof. Dr. med.", "DE", "Jane", "jane"),
    ("Doe, Jane, Dr.", None, "Jane", "jane"),
    # Names that look like titles.
    ("Don Johnson", "US", "Don", "don"),
    ("Dame Diop", "SN", "Dame", "dame"),
    ("Pan Jianwei", None, "Jianwei", "jianwei"),
    ("Bay", None, "Bay", "bay"),
    ("Lady", "CO", "Lady", "lady"),
    ("Prince Adeyemi", "NG", "Prince", "prince"),
    ("Panna Szabó", "HU", "Panna", "panna"),
    ("Hon Wai Chan", "HK", "Hon Wai", "honwai"),
    ("Sri Wahyuni", "ID", "Sri", "sri"),
    # Initials beside a name.
    ("J. Maria", None, "Maria", "maria"),
    ("J.Maria", None, "Maria", "maria"),
    ("Maria J.", None, "Maria", "maria"),
    ("Anna J Smith", None, "Anna", "anna"),
    ("J. Anna Smith", None, "Anna", "anna"),
    ("George W. Bush", "US", "George", "george"),
    # Abbreviations.
    ("Md Rahman", "BD", "Mohammad", "mohammad"),
    ("Mohd. Ali", "MY", "Mohammad", "mohammad"),
    ("Ma. Teresa Cruz", "PH", "Maria Teresa", "mariateresa"),
    ("Mª José García", "ES", "Maria José", "mariajose"),
    ("Ma Long", "CN", "Long", "long"),
    # Particles and compounds.
    ("Ludwig van Beethoven", "DE", "Ludwig", "ludwig"),
    ("Ursula von der Leyen", "DE", "Ursula", "ursula"),
    ("Charles de Gaulle", "FR", "Charles", "charles"),
    ("Jean Claude Van Damme", "BE", "Jean Claude", "jeanclaude"),
    ("Leonardo da Vinci", "IT", "Leonardo", "leonardo"),
    ("Maria de la Cruz", "ES", "Maria", "maria"),
    ("Maria del Carmen López", "ES", "Maria del Carmen", "mariadelcarmen"),
    ("Maria Jose Garcia", "ES", "Maria Jose", "mariajose"),
    ("Daniel Garcia Lopez", "ES", "Daniel", "daniel"),
    ("Abd al-Rahman ibn Khaldun", None, "Abd al-Rahman", "abdalrahman"),
    ("Abdul Karim Khan", "PK", "Abdul Karim", "abdulkarim"),
    ("Abdul Karim", None, "Abdul Karim", "abdulkarim"),
    ("Mohammed bin Salman", "SA", "Mohammed", "mohammed"),
    ("Noor-ul-Ain", "PK", "Noor-ul-Ain", "noorulain"),
    # Family name first.
    ("Kim Jong-un", None, "Jong-un", "jongun"),
    ("Kim Jong Un", "KP", "Jong Un", "jongun"),
    ("Park Geun-hye", "KR", "Geun-hye", "geunhye"),
    ("Geun-hye Park", "KR", "Geun-hye", "geunhye"),
    ("Ban Ki-moon", None, "Ki-moon", "kimoon"),
    ("Kim Basinger", "US", "Kim", "kim"),
    ("Lee Ann Womack", "US", "Lee Ann", "leeann"),
    ("Wang Xiaohong", None, "Xiaohong", "xiaohong"),
    ("Wang Xiaohong", "CN", "Xiaohong", "xiaohong"),
    ("Xiaohong Wang", "CN", "Xiaohong", "xiaohong"),
    ("Mao Zedong", "CN", "Zedong", "zedong"),
    ("Xi Jinping", None, "Jinping", "jinping"),
    ("Jackie Chan", "HK", "Jackie", "jackie"),
    ("Ng Wei Ling", "SG", "Wei Ling", "weiling"),
    ("Nagy Anna", "HU", "Anna", "anna"),
    ("Anna Nagy", "HU", "Anna", "anna"),
    ("Kovács Anna", None, "Anna", "anna"),
    ("Nguyễn Văn An", "VN", "Văn An", "vanan"),
    ("Mai Tran", "VN", "Mai", "mai"),
    ("An Nguyen", "US", "An", "an"),
    ("Shinzo Abe", "JP", "Shinzo", "shinzo"),
    ("Abe Shinzo", "JP", "Shinzo", "shinzo"),
    # Other scripts.
    ("Ольга Иванова", "RU", "Ольга", "olga"),
    ("Ελένη Παπαδοπούλου", "GR", "Ελένη", "eleni"),
    ("Δρ. Ελένη Παπαδοπούλου", "GR", "Ελένη", "eleni"),
    ("فاطمة علي", "EG", "فاطمة", "fatima"),
    ("عبد الرحمن محمد", None, "عبد الرحمن", "abdulrahman"),
    ("שרה כהן", "IL", "שרה", "shrh"),
    ("प्रिया शर्मा", "IN", "प्रिया", "priya"),
    ("สมชาย ใจดี", "TH", "สมชาย", "somchai"),
    ("김지훈", None, "지훈", "jihun"),
    ("김 지훈", "KR", "지훈", "jihun"),
    ("남궁민수", None, "민수", "minsu"),
    ("민수", None, "민수", "minsu"),
    ("김민수 씨", None, "민수", "minsu"),
    ("王小红", None, "小红", "xiaohong"),
    ("欧阳修", None, "修", "xiu"),
    ("林 美玲", "TW", "美玲", "meiling"),
    ("美玲", None, "美玲", "meiling"),
    ("山田花子", None, "花子", "hanako"),
    ("山田 花子", None, "花子", "hanako"),
    ("高橋みなみ", "JP", "みなみ", "minami"),
    ("ヤマダ タロウ", "JP", "タロウ", "taro"),
    ("ジョン・スミス", None, "ジョン", "jon"),
    ("Björk Guðmundsdóttir", "IS", "Björk", "bjork"),
    ("მარიამ ბერიძე", "GE", "მარიამ", "mariam"),
    # Nicknames and other text around a name.
    ('Robert "Bob" Smith', None, "Robert", "robert"),
    ("William 'Bill' Clinton", None, "William", "william"),
    ("Dwayne “The Rock” Johnson", None, "Dwayne", "dwayne"),
    ("Anna (Annie) Rossi", None, "Anna", "anna"),
    ("(Maria)", None, "Maria", "maria"),
    ("D'Arcy Jones", None, "D'Arcy", "darcy"),
    ("  Anna \t Rossi\n", None, "Anna", "anna"),
    ("&#304;nci Yılmaz", "TR", "İnci", "inci"),
    ("Jos&eacute; Lima", "BR", "José", "jose"),
    ("<b>Anna</b> Rossi", None, "Anna", "anna"),
    ("Ｍａｒｉａ", None, "Maria", "maria"),
    ("Ma\u200bria", None, "Maria", "maria"),
    ("Mari\u0301a", None, "María", "maria"),
    ("anna.kowalska@x.org", None, "anna", "anna"),
    ("anna_kowalska", None, "anna", "anna"),
    ("AnnaKowalska", None, "AnnaKowalska", "annakowalska"),
    ("Anna99", None, "Anna", "anna"),
]

# name, reason
REFUSED = [
    (None, "empty"),
    ("", "empty"),
    (" \t\n", "empty"),
    ("\u200b", "empty"),
    ("J", "initials"),
    ("Schmidt, Dr.", "initials"),
    ("van Dijk, Dr.", "initials"),
    ("J M", "initials"),
    ("J. M.", "initials"),
    ("J.M.", "initials"),
    ("JM", "initials"),
    ("jm", "initials"),
    ("J.-P.", "initials"),
    ("A-P", "initials"),
    ("Jh", "initials"),
    ("Wl", "initials"),
    ("J M Smithies", "initials"),
    ("J. Smith", "initials"),
    ("J.M. Smith", "initials"),
    ("Smithies JM", "initials"),
    ("Smithies, J M", "initials"),
    ("J. de la Cruz", "initials"),
    ("Mrs J Smith", "initials"),
    ("И. П. Иванов", "initials"),
    ("Иванов И. П.", "initials"),
    ("12345", "not_a_name"),
    ("2pac", "not_a_name"),
    ("???", "not_a_name"),
    ("😀", "not_a_name"),
    ("n/a", "empty"),
    ("none", "not_a_name"),
    ("Unknown", "not_a_name"),
    ("anonymous", "not_a_name"),
    ("test", "not_a_name"),
    ("Test User", "not_a_name"),
    ("asdf", "not_a_name"),
    ("qwerty", "not_a_name"),
    ("xxxx", "not_a_name"),
    ("Acme GmbH", "not_a_person"),
    ("Acme Ltd.", "not_a_person"),
    ("Acme, Inc.", "not_a_person"),
    ("University of Somewhere", "not_a_person"),
    ("Team Red", "not_a_person"),
    ("http://example.org/anna", "not_a_name"),
    ("noreply@example.org", "not_a_name"),
]

# name, country, given names, family name; read with family_name_first
FAMILY_FIRST = [
    ("Thomas Martin", None, "Martin", "Thomas"),
    ("Martin Hans Peter", "DE", "Hans Peter", "Martin"),
    ("Иванова Ольга", None, "Ольга", "Иванова"),
    # Two words, of which the second is often a second given name.
    ("Martin Anne", None, "Anne", "Martin"),
    ("Lee Ann", "US", "Ann", "Lee"),
    # Particles at the start, inside and behind.
    ("de Vries Anna", "NL", "Anna", "de Vries"),
    ("van der Berg Anna", "NL", "Anna", "van der Berg"),
    ("Silva dos Santos Ana", "BR", "Ana", "Silva dos Santos"),
    ("Ferreira da Silva Ana", "PT", "Ana", "Ferreira da Silva"),
    ("Smith Ben John Paul", None, "Ben John Paul", "Smith"),
    ("Vries Anna de", "NL", "Anna", "Vries"),
    ("García María del Carmen", "ES", "María del Carmen", "García"),
    # What is written says more.
    ("Maria", None, "Maria", None),
    ("Dr. Maria", None, "Maria", None),
    ("Martin, Thomas", None, "Thomas", "Martin"),
    ("Thomas MARTIN", None, "Thomas", "MARTIN"),
    ("MARTIN Thomas", None, "Thomas", "MARTIN"),
    ("Dr. Martin Thomas", None, "Thomas", "Martin"),
    ("Martin Jr. Thomas", None, "Thomas", "Martin"),
    # The words say more in countries where most names have the family name first.
    ("Szabó Eszter", "HU", "Eszter", "Szabó"),
    ("Eszter Szabó", "HU", "Eszter", "Szabó"),
    ("Zxab Qanna", "HU", "Qanna", "Zxab"),
    ("Zhang Wei", "CN", "Wei", "Zhang"),
    ("Wei Zhang", "CN", "Wei", "Zhang"),
    ("Xiaohong Wang", "CN", "Xiaohong", "Wang"),
    ("Jackie Chan", "HK", "Jackie", "Chan"),
    ("Shinzo Abe", "JP", "Shinzo", "Abe"),
    ("Zzkato Yuki", "JP", "Yuki", "Zzkato"),
    ("Abe Mori", "JP", "Mori", "Abe"),
    ("Sokolova Tamara Igorevna", "RU", "Tamara Igorevna", "Sokolova"),
]


@pytest.mark.parametrize(("name", "country", "given", "key"), GIVEN)
def test_given_names_and_first_key_in_latin_letters(name, country, given, key):
    parsed = parse(name, country)
    in_latin_letters = next(filter(str.isascii, parsed.keys))
    assert (" ".join(parsed.given), in_latin_letters, parsed.reason) == (given, key, None)
    assert parsed.title_gender is None


@pytest.mark.parametrize(("name", "reason"), REFUSED)
def test_reason_if_no_given_name_is_left(name, reason):
    parsed = parse(name)
    assert (parsed.reason, parsed.given, parsed.keys) == (reason, (), ())


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Mary Ann", ("maryann", "mary", "ann")),
        ("Jean-Pierre Dupont", ("jeanpierre", "jean", "pierre")),
        ("AnnaKowalska", ("annakowalska", "anna", "kowalska")),
        ("Nguyen Thi Mai", ("thimai", "mai", "thi")),
        ("Abd al-Rahman Said", ("abdalrahman", "abdulrahman", "abdul", "rahman")),
        ("Anna Maria Luisa Rossi", ("annamarialuisa", "annamaria", "anna", "maria")),
    ],
)
def test_keys_go_from_the_most_to_the_least_specific(name, keys):
    assert parse(name).keys == keys


@pytest.mark.parametrize(
    ("name", "country", "family"),
    [
        ("Maria Rossi", None, "Rossi"),
        ("Kim Jong-un", None, "Kim"),
        ("Ludwig van Beethoven", None, "van Beethoven"),
        ("Smith, John", None, "Smith"),
        ("J M Smithies", None, "Smithies"),
        ("Mrs Smith", None, "Smith"),
        ("山田花子", None, "山田"),
        ("Maria", None, None),
    ],
)
def test_family_name(name, country, family):
    assert parse(name, country).family == family


def test_country_is_read_in_any_case_and_with_spaces_around():
    assert parse("Nagy Anna", " hu ") == parse("Nagy Anna", "HU")


def test_title_alone_decides_and_leaves_no_name():
    parsed = parse("Mrs")
    assert (parsed.title_gender, parsed.reason) == ("female", "empty")


@pytest.mark.parametrize(("name", "country", "given", "family"), FAMILY_FIRST)
def test_family_name_is_first_where_the_caller_says_so(name, country, given, family):
    parsed = parse(name, country, family_name_first=True)
    assert (" ".join(parsed.given), parsed.family) == (given, family)


def test_family_name_first_is_said_for_one_name_only():
    parse("Thomas Martin", family_name_first=True)
    assert parse("Thomas Martin").given == ("Thomas",)
