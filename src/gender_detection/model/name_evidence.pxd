cimport cython
from gender_detection.features.index cimport HashIndex
from gender_detection.names.words cimport Words

cdef int LOOKED_UP, KNOWN

@cython.final
cdef class NameEvidence:
    cdef Words known
    cdef HashIndex world
    cdef const float[::1] p_world
    cdef const float[::1] counts
    cdef const unsigned short[::1] sources
    cdef const int[::1] first
    cdef const unsigned char[::1] sizes
    cdef const float[:, ::1] matrix
    cdef const unsigned short[::1] pair_countries
    cdef const float[::1] pair_p_female
    cdef const unsigned short[::1] numbers
    cdef void fetch(self, int number, int country) noexcept nogil
    cdef void fetch_hashes(self, int number) noexcept nogil
    cdef bint is_known(self, int key) noexcept nogil
    cdef double in_country(self, int key, int country) noexcept nogil
    cdef double anywhere(self, int key, int country) noexcept nogil
