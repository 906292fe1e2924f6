"""Words around a name that are not the name: titles, suffixes, particles, non-names; data only.

All are keys (see text.key): lower-case a-z, punctuation dropped.

To add a word, add its key to the list it belongs to, and a row to tests/names/golden.csv that shows
what it changes. A title goes into the list of its gender; where it is a name as well, also into one
of those that say when it counts (TITLES_NEVER_ALONE and the lists after it). Which lists make which
class of words, word_classes says. What sources say is read with these lists, too: a new word takes
effect in full with the next 'make run'.
"""

FEMALE_TITLES = frozenset(
    """
    mrs ms miss mistress madam madame mme mlle mademoiselle maam lady sra srta senora senorita
    signora signorina sigra frau fraulein frl fru froken frk mevrouw mevr mejuffrouw juffrouw
    mw pani slecna pana gospoda gospodja gospa gospodicna gospozha gzha grazhdanka doamna
    domnisoara dna dra dottssa dottoressa profa profssa professoressa professora profesora doctora
    doutora rouva neiti hanimefendi kyra despoinis asszony kisasszony holgy ponia
    panele kundze jaunkundze proua preili zonja frue baroness baronin baronesa baronessa countess
    contessa condesa comtesse grafin grafinja furstin prinzessin princess princesa principessa
    duchess duchesse duquesa herzogin viscountess marchioness freifrau freiin marchesa infanta
    queen tsarina sister soror smt shrimati srimati shreemati sushri begam mst mosammat mosammet
    mussammat puan nyonya cik sheikha shaikha sayyida alsayyida alanisa khanum khanom gveret
    """.split()
)

MALE_TITLES = frozenset(
    """
    mr mister sir monsieur messrs senor herr hr dhr herra domnul domnu gospodin gn pan signor
    signore sig seigneur kyrios bey beyefendi ponas kungs harra zoti shri shree shriman
    baron barao freiherr count conte conde comte graf furst prinz duc duque herzog viscount
    vicomte visconde marquess baronet brother frater father sheikh shaikh shaykh sheik alsayyid
    aghaye agha tuan encik bapak     """.split()
)

NEUTRAL_TITLES = frozenset(
    """
    dr doc doctor doktor docteur dott dottore prof professor professeur profesor professore
    rev revd reverend rabbi rabbin pastor msgr monsignor mons fr hon honorable honourable rt
    capt captain cpt col colonel lt lieut lieutenant ltcol maj sgt sergeant cpl corporal pvt pfc
    gen brig adm admiral cmdr cdr commander cadet insp inspector amb ambassador sen senator gov
    governor rep pres president minister deputy judge justice atty attorney adv advocate
    ing engr eng dipl dipling diplom mag magister mgr bc judr mudr phdr rndr mvdr paeddr doc csc
    ir drs drg ds arq arch avv abg abog lic cand med habil univprof ao haji hajji hadji hj ustad
    ustaz maulana mullah pandit pt swami hrh
    """.split()
)

TITLES = FEMALE_TITLES | MALE_TITLES | NEUTRAL_TITLES

SPANISH_AMERICA = frozenset("MX AR CO CL PE VE EC BO UY PY CR PA GT HN SV NI DO CU".split())

# Titles told by how they are written; their Latin spelling may be a name.
WRITTEN_TITLES = {
    "пан": "male", "пані": "female", "пани": "female", "панна": "female", "господин": "male",
    "г-н": "male", "г-жа": "female", "гжа": "female", "д-р": "neutral", "проф": "neutral",
    "κυρία": "female", "κυρια": "female", "κα": "female", "κύριος": "male", "κος": "male",
    "κ": "neutral", "δρ": "neutral", "ด.ญ": "female", "ด.ช": "male", "น.ส": "female",
    "ד״ר": "neutral", "ד\"ר": "neutral", "גב'": "female", "גב": "female", "गुरु": "neutral",
}  # fmt: skip

# Titles in some countries, names elsewhere: key -> (gender, the countries).
COUNTRY_TITLES = {
    "pan": ("male", frozenset("PL CZ SK UA BY".split())),
    "panna": ("female", frozenset("PL CZ SK UA BY".split())),
    "bayan": ("female", frozenset("TR AZ CY".split())),
    "kyria": ("female", frozenset("GR CY".split())),
    "adon": ("male", frozenset("IL".split())),
    "pani": ("female", frozenset("PL UA BY SK CZ".split())),
    "bay": ("male", frozenset("TR AZ CY".split())),
    "mar": ("male", frozenset("IL".split())),
    "don": ("male", SPANISH_AMERICA | {"ES", "IT"}),
    "dona": ("female", SPANISH_AMERICA | {"ES", "PT", "BR"}),
    "dom": ("male", frozenset("PT BR".split())),
    "daw": ("female", frozenset("MM".split())),
    "u": ("male", frozenset("MM".split())),
    "mg": ("male", frozenset("MM".split())),
    "m": ("male", frozenset("FR BE CH LU MC CA".split())),
    "ibu": ("female", frozenset("ID".split())),
    "ny": ("female", frozenset("ID".split())),
    "bpk": ("male", frozenset("ID".split())),
    "tn": ("male", frozenset("ID".split())),
}

# Titles that are common names too, and count as titles only before two more words.
TITLES_BEFORE_TWO = {"dame": "female", "lord": "male", "dona": "female", "contessa": "female"}

# Words of the tables above that are given names as well: a title only where others follow.
TITLES_NEVER_ALONE = frozenset(
    """
    lady queen princess sister baron count conte conde graf brother father sheikh shaikh major
    pan bay mar bey agha pastor rabbi judge justice deputy cadet sen gen col ing mag doc eng
    infanta begam khanum khanom pana kyra tuan cik puan rt pt ao ds ir arch med hon adv lic
    duc duque shree shri senora swami haji hajji hadji duchess herzog furst mons princesa pres hm
    hh hj sig sir mw gn
    """.split()
)

# Names as often as titles: a title only with its dot.
DOTTED_TITLES = frozenset(
    """
    gen sen hon ing mag ds ir rep gov col maj sig lic fr adv eng arch med pt rt ao pres doc hj mw
    gn mons hr bc
    """.split()
)

# Titles after a name or amid it; others stand first, and elsewhere they are family names.
TITLES_ANYWHERE = frozenset(
    """
    mrs ms miss mr mme mlle frau sra srta senora senorita signora signorina gospodja gzha fru
    mevrouw pani smt dr prof doctor professor
    """.split()
)

# Titles that go with a given name, where "Mrs" and "Herr" go with a family name.
TITLES_OF_GIVEN = frozenset(
    """
    sir dame don dona dom sister soror brother frater father queen tsarina princess princesa
    principessa prinzessin prinz lady lord sheikh sheikha shaikh shaikha sheik shri shree shrimati
    srimati sushri bapak ibu puan cik mst mosammat fraulein
    """.split()
)

# After the name: Hanim, Bey in Turkish, san, ssi are left out or neutral.
SUFFIXES = frozenset(
    """
    jr jnr sr snr ii iii iv vii viii phd dphil md dds dvm rn cpa esq esquire obe mbe cbe kbe dbe
    qc kc mp msc bsc mba llb llm dsc frs facs filho neto sobrinho junior senior cfa pe pmp ret
    """.split()
)
# Suffixes only after a comma: elsewhere they may be names or initials.
SUFFIXES_AFTER_COMMA = frozenset("ma ba bs ms aa as do od jd mph edd rd pa ph eng".split())

PARTICLES = frozenset(
    """
    de del della delle dello dei degli di da dal dalla das do dos du des van von vom zu zum zur
    der den het ter ten te la las los le les el af av ap bin ibn bint binti binte ben bat y e
    ould al as ad an san st saint sainte och og und
    """.split()
)
# Of those, given names or syllables too often to cut a name there unless something follows.
WEAK_PARTICLES = frozenset(
    "an as ad al te ten e y ben bat san av ap el di da do du le la den".split()
)

# Maria del Carmen, Maria de los Angeles: the particle belongs to the given name.
DEVOTIONAL = frozenset(
    """
    carmen pilar mar rosario dolores angeles luz lourdes fatima conceicao concepcion jesus soledad
    rocio remedios socorro graca gloria consuelo mercedes nieves refugio milagro milagros carmo ceu
    dios dieu guadalupe paz rosa lujan valle
    """.split()
)

# Dropped where a given-name field ends in one, its family name cut off elsewhere.
TRAILING_PARTICLES = (PARTICLES - WEAK_PARTICLES - {"bin", "ibn"}) | {"do", "da", "du"}
# From one of these on, the words of a given-name field are not given names by themselves.
CUTTING_PARTICLES = PARTICLES - frozenset(
    "an as ad te ten e y ben bat san av ap le di du da bin van".split()
)

DAUGHTER_OF = frozenset("binti binte bint".split())

# Written together with the word after them: Abd al-Rahman, Abu Bakr, Nur ul-Haq.
SERVANT_OF = frozenset("abd abdul abdel abdal abdoul abd-al abdur abdus abdu".split())
ARTICLES = frozenset("al el ul as ad ar ash an az ur us ed".split())

MOHAMMED = frozenset("md mohd mohmd muhd mohamd mhd".split())
# Two words of which the second is one of these are a given name without a family name,
SECOND_GIVEN = frozenset("ann anne marie jane beth sue jo lynn lou mae".split())
# and so are two of which the first is one of these and the second a common given name.
FIRST_OF_TWO = frozenset(
    """
    mary maria marie ana anna anne jean jose juan luis carlos hans karl gian giovanni pier joao
    luiz marco miguel rosa carmen eva
    """.split()
)

# Second given names in Spanish, to tell "Maria Jose Garcia" from "Daniel Garcia Lopez".
SPANISH_SECOND = frozenset(
    """
    maria jose carlos luis antonio manuel angel ignacio alberto javier pablo andres david daniel
    miguel jesus ramon enrique eduardo fernando francisco rafael alejandro alfonso felipe esteban
    sebastian martin ricardo roberto mario victor hugo arturo cesar ivan gabriel nicolas ernesto
    guillermo raul sergio diego joaquin isabel teresa luisa elena cristina carmen pilar fernanda
    alejandra paula andrea lucia sofia victoria patricia beatriz ana laura rosa julia eugenia
    gustavo camilo leonel benjamin augusto tomas agustin facundo emilio rodrigo alonso leonardo
    adrian samuel santiago mateo matias marcelo gonzalo cristian federico julian hernan fabian
    simon andre ines juliana rocio alicia irene silvia susana marcela monica veronica lorena
    gabriela carolina daniela camila valentina mercedes dolores soledad belen paz sol luz
    """.split()
)

MARIA_COUNTRIES = SPANISH_AMERICA | {"ES", "PH"}

COMPANY_WORDS = frozenset(
    """
    gmbh ltd limited inc incorporated llc llp plc corp corporation company university universitat
    universite universidad universita universidade universitet institute institut instituto
    college academy hospital department ministry foundation stiftung association verein committee
    council team group holding holdings consulting solutions services technologies software
    international enterprises industries sarl srl pty sdn bhd ooo zrt kft llp eurl kgaa
    """.split()
)

TEST_WORDS = frozenset(
    """
    test tests testing tester testuser asdf asdfg asdfgh asdfghjk asdfghjkl qwer qwert qwerty
    qwertyuiop qwertz qwertzuiop azerty zxcv zxcvb zxcvbn zxcvbnm yxcv abc abcd abcdef none
    null unknown anonymous anonym anonyme anonimo anonymus anon undefined username user nobody
    noone noname firstname lastname givenname surname fullname familyname vorname nachname prenom
    nom nombre apellido webmaster postmaster noreply donotreply support info admin
    administrator root guest customer tba tbd foobar lorem ipsum unbekannt inconnu desconocido
    desconhecido sconosciuto neznamy deleted redacted withheld blank empty jdoe
    """.split()
)

# Consonant pairs that are a name, not initials.
CONSONANT_NAMES = frozenset({"ng"})

# Before a lone family name ("J. Smith") initials leave nothing; before these they leave a name.
COMMON_GIVEN = frozenset(
    """
    maria mary anna ana anne elizabeth elisabeth sarah sara laura linda patricia jennifer barbara
    susan jessica karen nancy lisa sandra ashley emily michelle amanda melissa deborah stephanie
    rebecca helen catherine katherine christine margaret julia emma olivia sophia sofia isabella
    elena olga natalia tatiana irina svetlana ekaterina giulia chiara francesca valentina paola
    carmen lucia isabel cristina teresa pilar rosa juana fatima aisha khadija zainab mariam
    john robert michael william claude luc marc louis francois paul peter david richard joseph
    charles christopher daniel matthew anthony
    steven andrew joshua kenneth kevin brian edward ronald timothy jeffrey stephen jonathan
    alexander aleksandr sergei dmitri vladimir ivan giovanni giuseppe francesco antonio jose juan
    carlos luis miguel pedro manuel pierre jacques michel philippe hans klaus wolfgang mohammed
    mohammad muhammad ahmed ali omar hassan hiroshi yuki priya anil rajesh sunita
    """.split()
)

# After a name, where the custom is: Ayse Hanim, Rokeya Begum.
TITLES_AFTER = {"hanim": "female", "begum": "female", "khatun": "female", "khatoon": "female"}
