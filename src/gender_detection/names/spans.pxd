from gender_detection.names cimport word_classes as kinds
from gender_detection.names cimport words
from gender_detection.names.word_classes cimport Classes
from gender_detection.names.words cimport Words

cdef unsigned long long _ALL

cdef int MAX_WORDS, FAMILY, ASIDE, SCRATCH, ROW, INITIALS, EMPTY, NOT_A_NAME

cdef class Spans:
    cdef public Words known
    cdef int row[160]
    cdef int start
    cdef int end
    cdef int family_start
    cdef int family_end
    cdef int keys[4]
    cdef int asked
    cdef int gender
    cdef int reason
    cdef int ends[40]
    cdef int n_ends
    cdef int size
    cdef Classes seen
    cdef str script
    cdef str family_script
    cdef bint cased
    cdef bint spaceless
    cdef bint dotted
    cdef bint no_family_titles
    cdef bint titled
    cdef bint abbreviated
    cdef bint before_family
    cdef int nothing
    cdef int aside_end
    cdef int letters_taken
    cdef bint first_taken
    cdef int mohammad
    cdef int maria
    cdef void clear(self) noexcept nogil
    cdef void move(self, int start, int end, int into) noexcept nogil
    cdef Classes classes(self, int at) noexcept nogil
    cdef Classes any_of(self, int start, int end) noexcept nogil
    cdef Classes all_of(self, int start, int end) noexcept nogil
