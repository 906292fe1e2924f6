from gender_detection.names.spans cimport Spans
from gender_detection.names.words cimport Words

cdef int BY_PYTHON

# A text from start to end, `count` words of it, spans.MAX_WORDS at most, and how many there are up
# to each comma: where a word begins, its size, the numbers by which it is found (word_table.Word),
# the hash of these, and its own number.
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

cdef void split(Field* fields, int at, Words known) noexcept nogil
cdef bint _parts_words(
    const unsigned char* text, Py_ssize_t first, Py_ssize_t byte, Py_ssize_t end,
    unsigned char letter
) noexcept nogil
cdef void fetch(Field* fields, int at, Words known) noexcept nogil
cdef int find(Field* fields, int at, Words known) except -1 nogil
cdef int _take(Spans name, Field* fields, int at, int into) noexcept nogil
cdef int take_full(Spans name, Field* fields, int at) noexcept nogil
cdef int take_fields(Spans name, Field* fields, int at) noexcept nogil
cdef int take_split(Spans name, object found) except -1
