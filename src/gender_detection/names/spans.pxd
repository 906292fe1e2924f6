from gender_detection.names.word_classes cimport Classes
from gender_detection.names.words cimport Words

cdef int MAX_WORDS, FAMILY, ASIDE, SCRATCH, ROW, INITIALS, EMPTY, NOT_A_NAME

cdef class Spans:
    cdef public Words known
    cdef int row[160]
    cdef int start, end, family_start, family_end
    cdef int keys[4]
    cdef int asked, gender, reason
    cdef int ends[40]
    cdef int n_ends, size
    cdef Classes seen
    cdef str script, family_script
    cdef bint cased, spaceless, dotted, no_family_titles
    cdef bint titled, abbreviated, before_family, first_taken
    cdef int nothing, aside_end, apart, letters_taken, mohammad, maria
    cdef void clear(self) noexcept nogil
    cdef void move(self, int start, int end, int into) noexcept nogil
    cdef Classes classes(self, int at) noexcept nogil
    cdef Classes any_of(self, int start, int end) noexcept nogil
    cdef Classes all_of(self, int start, int end) noexcept nogil
