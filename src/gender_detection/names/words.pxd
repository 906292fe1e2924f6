from gender_detection.names.word_shape cimport Shape
from gender_detection.names.word_classes cimport Classes, Vocabulary
from gender_detection.names.word_table cimport Word, WordTable

cdef int MOST_PARTS

cdef class Words(WordTable):
    cdef Vocabulary vocabulary
    cdef Shape shape
    cdef int most, n_links, links_room
    # For each word where its parts, pieces and native keys begin among links; 0 until needed.
    cdef int* parts_at
    cdef int* links
    cdef int clear(self) except -1 nogil
    cdef int make_room(self, int room) except -1 nogil
    cdef int classify(self, int number) except -1 nogil
    cdef Classes _classes_by_shape(self) noexcept nogil
    cdef int _classify_beyond_latin(self, int number) except -1
    cdef int _classify_key(self, int number) except -1 nogil
    cdef bint is_title_case(self, int number) noexcept nogil
    cdef bint has_inner_dot(self, int number) noexcept nogil
    cdef bint has_vowel(self, int number) noexcept nogil
    cdef bint is_capitalised(self, int number) noexcept nogil
    cdef int classify_sound(self, int number) except -1 nogil
    cdef int together(self, const int* row, int start, int end) except -1 nogil
    cdef int without_dots(self, int number) except -1 nogil
    cdef int pieces(self, int number) except -1 nogil
    cdef int parts(self, int number) except -1 nogil
    cdef int natives(self, int number) except -1 nogil
    cdef int _link_natives(self, int number, int first) except -1
    cdef bint is_native(self, int number) noexcept nogil
    cdef int _link_pieces(self, int number, int first) except -1 nogil
    cdef int _find_part(self, int number, int start, int end) except -1 nogil
    cdef int _link_parts(self, int pieces, int first) except -1 nogil
    cdef void _leave_articles(self, int first) noexcept nogil
    cdef int _link_servant(self, int first) except -1 nogil
    cdef int _begin_links(self) except -1 nogil
    cdef void _link_part(self, int first, int part) noexcept nogil
