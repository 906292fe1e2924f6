cimport cython
from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans

@cython.final
cdef class Reading(Spans):
    cdef void renew(self) except *
    cdef int read_full(self, Custom* custom) except -1 nogil
    cdef int read_fields(self, Custom* custom) except -1 nogil
    cdef bint _arrange(self) noexcept nogil
    cdef int _read_unusual(self, Custom* custom) except -1 nogil
    cdef int _read_beside_family(self, Custom* custom) except -1 nogil
    cdef bint _refuses(self) noexcept nogil
    cdef int _divide(self, Custom* custom) except -1 nogil
    cdef int _split_unspaced(self, Custom* custom) except -1
    cdef int _take_keys(self, Custom* custom, bint had_words) except -1 nogil
    cdef int _take_several(self, int words, Custom* custom) except -1 nogil
    cdef int _take_keys_of(self, int end, bint vietnamese) except -1 nogil
    cdef int _take_word(self, int number) except -1 nogil
    cdef void _take_key(self, int number) noexcept nogil
