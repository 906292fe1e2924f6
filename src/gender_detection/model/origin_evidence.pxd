cimport cython
from gender_detection.features.index cimport HashIndex
from gender_detection.names cimport word_classes as kinds
from gender_detection.names.parser cimport NameParser
from gender_detection.names.words cimport Words

cdef int LOOKED_UP

@cython.final
cdef class OriginEvidence:
    cdef Words known
    cdef HashIndex index
    cdef const unsigned int[::1] offsets
    cdef const unsigned short[::1] countries
    cdef const float[::1] shares
    cdef void fetch(self, int number) noexcept nogil
    cdef void fetch_hashes(self, int number) noexcept nogil
    cdef int family_of(self, NameParser name) except -1 nogil
    cdef bint _has_origins(self, int number) noexcept nogil
