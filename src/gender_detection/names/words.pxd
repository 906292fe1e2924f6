from gender_detection.names.shapes cimport Shape
from gender_detection.names.word_classes cimport Classes, Vocabulary

ctypedef struct Word:
    # As it is written: the last eight bytes, and a number for those before.
    unsigned long long last
    unsigned long long before
    unsigned long long hashed
    Classes classes
    float p_female
    float count
    int places
    unsigned int homes
    unsigned int text
    unsigned short size
    unsigned short sources
    unsigned short entry
    unsigned char letters
    unsigned char n_places
    unsigned char n_homes
    unsigned char asked
    signed char written_title

cdef int MOST_PARTS

cdef class Words:
    cdef Word* words
    cdef int count
    cdef int room
    cdef int most
    cdef unsigned long long* slots
    cdef unsigned long long slot_mask
    cdef unsigned char* letters
    cdef Py_ssize_t filled
    cdef Py_ssize_t letters_room
    # For each word where its parts, and its pieces, begin among links; 0 where nobody asked yet.
    cdef int* parts_at
    cdef int* links
    cdef int n_links
    cdef int links_room
    cdef unsigned char buffer[4096]
    cdef Vocabulary vocabulary
    cdef Shape shape
    cdef void forget(self) noexcept nogil
    cdef int find(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t size
    ) except -1 nogil
    cdef int find_hashed(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t size,
        unsigned long long last, unsigned long long before
    ) except -1 nogil
    cdef int find_text(self, str text) except -1
    cdef int _make_room(self) except -1 nogil
    cdef int _make_room_for_letters(self, Py_ssize_t more) except -1 nogil
    cdef int _grow_slots(self) except -1 nogil
    cdef int _classify(self, int number) except -1 nogil
    cdef Classes _classes_by_shape(self) noexcept nogil
    cdef int _classify_beyond_latin(self, int number) except -1
    cdef int _classify_key(self, int number) except -1 nogil
    cdef int look(self, int number) except -1 nogil
    cdef int together(self, const int* row, int start, int end) except -1 nogil
    cdef int without_dots(self, int number) except -1 nogil
    cdef unsigned char _letter_of(self, int number, int at) noexcept nogil
    cdef int pieces(self, int number) except -1 nogil
    cdef int parts(self, int number) except -1 nogil
    cdef int _link_pieces(self, int number, int first) except -1 nogil
    cdef int _find_part(self, int number, int start, int end) except -1 nogil
    cdef int _link_parts(self, int pieces, int first) except -1 nogil
    cdef void _leave_articles(self, int first) noexcept nogil
    cdef int _link_servant(self, int first) except -1 nogil
    cdef int _begin_links(self) except -1 nogil
    cdef int _make_room_for_links(self, int room) except -1 nogil
    cdef void _link_part(self, int first, int part) noexcept nogil
    cdef str text_of(self, int number)
    cdef str key_of(self, int number)
