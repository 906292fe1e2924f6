from gender_detection.names.customs cimport Custom, Customs
from gender_detection.names.parser cimport NameParser
from gender_detection.names.word_row cimport Field
from gender_detection.names.words cimport Words

cdef int BLOCK

cdef class Reader:
    cdef Words table
    cdef NameParser name
    cdef Customs customs
    cdef list held
    # BLOCK slots of two fields each: a full name and nothing, or given and family names.
    cdef Field fields[32]
    cdef bint is_full[16]
    cdef int custom[16]
    cdef int begin(self) except -1 nogil
    cdef void put_full(
        self, int slot, const unsigned char* text, Py_ssize_t start, Py_ssize_t end, int custom
    ) noexcept nogil
    cdef void put_fields(
        self, int slot, const unsigned char* text, Py_ssize_t start, Py_ssize_t end,
        const unsigned char* family, Py_ssize_t family_start, Py_ssize_t family_end, int custom
    ) noexcept nogil
    cdef void _put(
        self, int field, const unsigned char* text, Py_ssize_t start, Py_ssize_t end
    ) noexcept nogil
    cdef void prefetch(self, int slot) noexcept nogil
    cdef int find_words(self, int slot) except -1 nogil
    cdef int read(self, int slot) except -1 nogil
    cdef int load(self, int slot) except -1 nogil
    cdef Custom* custom_at(self, int slot) noexcept nogil
    cdef int _split_full(self, int slot) except -1
    cdef int _split_fields(self, int slot) except -1
    cdef str _text_of(self, int field)
    cdef int put_name(self, int slot, str name, int custom) except -1
    cdef int put_parts(self, int slot, str given, str family, int custom) except -1
    cdef int read_name(self, str name, int custom) except -1
    cdef int read_parts(self, str given, str family, int custom) except -1
    cdef bint load_plain(self, str given, str family) except -1
    cdef list given_words(self)
    cdef str family(self)
    cdef list _texts(self, int start, int end)
    cdef list keys(self)
    cdef str reason(self)
    cdef str title_gender(self)

cdef bytes _encoded(str text)
cdef str _decoded(bytes raw)
cdef Reader _free_reader()
cdef object _parsed(Reader reader, str written)
