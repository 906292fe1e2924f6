from gender_detection.names.word_classes cimport Classes
from gender_detection.names.words cimport Words

cdef int MAX_WORDS, FAMILY, ASIDE, SCRATCH, ROW, INITIALS, EMPTY, NOT_A_NAME
cdef int SEVERAL_PEOPLE, NOT_A_PERSON
cdef int TITLE, SUFFIX, INITIAL, REPLACED
cdef int ALONE, USUAL, BY_FIELDS, BY_COMMA, BY_CAPITALS, BY_GIVEN_NAMES, BY_PATRONYMIC, BY_COUNTRY
cdef int BY_FAMILY_NAMES, BY_SCRIPT, BY_TITLE, BY_INITIALS, BY_BEARERS, AS_ASKED

cdef class WordRow:
    cdef public Words table
    cdef int row[160]
    cdef int start, end, family_start, family_end
    cdef int keys[4]
    cdef int n_keys, gender, reason, form
    cdef int ends[40]
    cdef int n_ends, size
    cdef Classes all_classes
    cdef str script, family_script
    cdef bint cased, spaceless, dotted, no_family_titles
    cdef bint titled, abbreviated, before_family, first_taken, order_open, first_open, word_open, several, doubtful, spelled_out, by_capitals, japanese
    cdef bint family_name_first
    cdef int field_reason, aside_end, apart, letters_taken, mohammad, maria, title_word
    cdef int order, n_notes
    cdef int kept[6]
    cdef int noted[32]
    cdef int note_of[32]
    cdef int noted_as[32]
    cdef void clear(self) noexcept nogil
    cdef void note(self, int number, int what, int read_as) noexcept nogil
    cdef void move(self, int start, int end, int into) noexcept nogil
    cdef Classes classes(self, int at) noexcept nogil
    cdef int roles(self, int at) noexcept nogil
    cdef Classes any_of(self, int start, int end) noexcept nogil
    cdef Classes all_of(self, int start, int end) noexcept nogil

cdef int NEEDS_PYTHON

# A text from start to end and its words: `count` of them, at most MAX_WORDS, and how many up to
# each comma. For each word where it begins, its size, the numbers by which it is found (see Word),
# their hash, and its own number.
ctypedef struct Field:
    const unsigned char* text
    Py_ssize_t start, end
    int count, n_ends
    int ends[17]
    Py_ssize_t first[16]
    int size[16]
    unsigned long long last[16]
    unsigned long long before[16]
    unsigned long long hashed[16]
    int number[16]

cdef void split_bytes(Field* fields, int at, Words table) noexcept nogil
cdef bint _separates_words(
    const unsigned char* text, Py_ssize_t first, Py_ssize_t byte, Py_ssize_t end,
    unsigned char letter
) noexcept nogil
cdef void prefetch_words(Field* fields, int at, Words table) noexcept nogil
cdef int find_words(Field* fields, int at, Words table) except -1 nogil
cdef int _load(WordRow name, Field* fields, int at, int into) noexcept nogil
cdef int load_full(WordRow name, Field* fields, int at) noexcept nogil
cdef int load_fields(WordRow name, Field* fields, int at) noexcept nogil
cdef int load_split(WordRow name, object split) except -1
