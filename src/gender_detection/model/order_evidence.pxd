cimport cython
from gender_detection.features.index cimport HashIndex
from gender_detection.names cimport customs
from gender_detection.names cimport word_row
from gender_detection.names.customs cimport Custom
from gender_detection.names.parser cimport NameParser
from gender_detection.names.words cimport Words

cdef int SIDE_KNOWN, MOSTLY_FAMILY, SIDE, NO_FAMILY

@cython.final
cdef class OrderEvidence:
    cdef Words known
    cdef HashIndex given_names, family_names
    cdef const float[::1] counts
    cdef const float[::1] bearers
    cdef double settle(self, NameParser name, Custom* custom) except -1 nogil
    cdef int told(self, NameParser name) noexcept nogil
    cdef double _odds_of_family_first(self, NameParser name) noexcept nogil
    cdef double _odds_of_given_first(self, NameParser name) noexcept nogil
    cdef int _first_word(self, NameParser name) noexcept nogil
    cdef int _last_word(self, NameParser name) noexcept nogil
    cdef int _add_second_family(self, NameParser name, Custom* custom) except -1 nogil
    cdef double _odds_of_exchange(self, NameParser name) noexcept nogil
    cdef double _odds_of_turn(self, int given, int family) noexcept nogil
    cdef bint _has_given_name(self, NameParser name) noexcept nogil
    cdef int _place_only_word(self, NameParser name, Custom* custom) except -1 nogil
    cdef int side_of(self, int number) noexcept nogil
    cdef double _given(self, int number) noexcept nogil
    cdef double _family(self, int number) noexcept nogil
