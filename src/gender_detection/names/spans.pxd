from gender_detection.names.word_classes cimport Classes
from gender_detection.names.words cimport Words

cdef int MAX_WORDS, FAMILY, ASIDE, ROW

cdef class Spans:
    cdef public Words known
    cdef int row[160]
    cdef int start
    cdef int end
    cdef int family_start
    cdef int family_end
    cdef Classes classes(self, int at) noexcept nogil
    cdef Classes any_of(self, int start, int end) noexcept nogil
    cdef Classes all_of(self, int start, int end) noexcept nogil
