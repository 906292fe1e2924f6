from gender_detection.names.word_classes cimport Classes

cdef int BUFFER

# 64 bytes: a line of the processor's cache.
ctypedef struct Word:
    # The last eight bytes of the word as written, and a number for those before.
    unsigned long long last, before
    unsigned long long hashed
    Classes classes
    float p_female, count
    int places
    unsigned int homes, text
    unsigned short size, sources, entry
    unsigned char letters, n_places, n_homes, lookups
    signed char written_title

cdef class WordTable:
    cdef Word* words
    cdef int count, room
    cdef unsigned long long* slots
    cdef unsigned long long slot_mask
    cdef unsigned char* letters
    cdef Py_ssize_t filled, letters_room
    cdef unsigned char buffer[4096]
    cdef int clear(self) except -1 nogil
    cdef int _empty_slots(self, unsigned long long mask) except -1 nogil
    cdef int classify(self, int number) except -1 nogil
    cdef int find(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t size
    ) except -1 nogil
    cdef void prefetch_slot(self, unsigned long long hashed) noexcept nogil
    cdef void prefetch_word(self, unsigned long long hashed) noexcept nogil
    cdef int find_hashed(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t size,
        unsigned long long last, unsigned long long before, unsigned long long hashed
    ) except -1 nogil
    cdef int _add(
        self, const unsigned char* text, Py_ssize_t start, Py_ssize_t size
    ) except -1 nogil
    cdef bint _has_bytes(
        self, int number, const unsigned char* text, Py_ssize_t start
    ) noexcept nogil
    cdef int find_text(self, str text) except -1
    cdef int make_room(self, int room) except -1 nogil
    cdef int _make_room_for_letters(self, Py_ssize_t more) except -1 nogil
    cdef int _grow_slots(self) except -1 nogil
    cdef str text_of(self, int number)
    cdef str key_of(self, int number)

cdef unsigned long long hash_of(
    unsigned long long last, unsigned long long before, Py_ssize_t size
) noexcept nogil
