cimport cython
from gender_detection.features.spelling cimport Spelling
from gender_detection.names.words cimport Words

@cython.final
cdef class SpellingEvidence:
    cdef Words known
    cdef Spelling weights
    cdef double bias
    cdef double slope
    cdef double intercept
    cdef double p_female(self, int key) noexcept nogil
    cdef double _weight_sum(self, int key, int size) noexcept nogil
