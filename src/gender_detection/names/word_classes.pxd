cimport cython

ctypedef unsigned long long Classes

# By the key: see the lexicon.
cdef Classes TITLE_WORD, ANY_TITLE, SURE_TITLE, LOCAL_TITLE, TITLE_AFTER, BEFORE_TWO, SENIOR
cdef Classes NEEDS_DOT, NEVER_ALONE, ANYWHERE, OF_GIVEN, SUFFIX, TAIL, DAUGHTER_OF, SERVANT_OF
cdef Classes ARTICLE, MOHAMMED, MA, COMPANY, NO_NAME, NEVER_KEY, PARTICLE, WEAK, TRAILING, CUTTING
cdef Classes DEVOTIONAL, COMMON, SECOND_GIVEN, FIRST_OF_TWO, SECOND_OF_TWO, SPANISH_SECOND
cdef Classes CHINESE, KOREAN, VIETNAMESE, HUNGARIAN, HUNGARIAN_GIVEN, WESTERN_GIVEN, THI, NGUYEN
cdef Classes CONSONANT_NAME, MISSING_WORD, NO_FORM, SPECIAL
# By the form of the key.
cdef Classes FEMALE_FORM, MALE_FORM, DAUGHTER, SON, LOOKUP
# By how the word is written.
cdef Classes UNCLEAN, ASCII, DOTTED, INITIAL, HYPHENED, PARTED, COMPOUND, CAPITALS
cdef Classes WRITTEN_TITLE, UNCASED, REWRITTEN
# By the sound of the key, set when needed.
cdef Classes SOUND_CLASSIFIED, PINYIN, KOREAN_NAME, KOREAN_SYLLABLE, CHINESE_SOUND
# Words of these classes may not be plain words of a name.
cdef Classes UNUSUAL
# Roles of SPECIAL words.
cdef int AND, OF, BORN, MALE_SUFFIX, FAMILY_TOO, ABBREVIATION, AND_TITLE, AND_ANY_CASE
cdef int SON_BEHIND, DAUGHTER_BEHIND
# The gender of a title.
cdef int FEMALE, MALE, NEUTRAL

@cython.final
cdef class Vocabulary:
    cdef public dict entries
    cdef unsigned long long[::1] hashes, ends, end_masks
    cdef unsigned short[::1] entry_at
    cdef unsigned long long mask
    cdef Classes[::1] classes, end_classes
    cdef signed char[::1] titles, other_titles
    cdef unsigned short[::1] roles
    cdef unsigned long long[:, ::1] local_masks
    cdef list full_names
    cdef short[:, ::1] ranks
    cdef unsigned char[:, ::1] latin
    cdef unsigned char[::1] simple, small
    cdef int[::1] least_letters, first_end
    cdef int entry_of(self, unsigned long long hashed) noexcept nogil
    cdef Classes form_of(self, unsigned long long last, int size) noexcept nogil
