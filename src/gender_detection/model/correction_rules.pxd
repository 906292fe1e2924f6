cimport cython
from gender_detection.features.index cimport HashIndex
from gender_detection.names.customs cimport Custom
from gender_detection.names.parser cimport NameParser
from gender_detection.names.word_row cimport INITIAL, INITIALS
from gender_detection.names.words cimport Words

@cython.final
cdef class CorrectionRules:
    cdef Words known
    cdef HashIndex index
    cdef const int[::1] steps
    cdef unsigned char[::1] used
    cdef bint are_any, have_persons
    cdef int of_person(self, NameParser name, Custom* custom) noexcept nogil
    cdef int of_given(self, int key, Custom* custom) noexcept nogil
    cdef int _find(self, unsigned long long hashed, int code) noexcept nogil
    cdef unsigned long long _person_hash(self, NameParser name) noexcept nogil
    cdef unsigned long long _with_word(self, unsigned long long state, int number) noexcept nogil
    cpdef tuple hash_of(self, NameParser name, int code)

cdef unsigned long long _in_country(unsigned long long hashed, int code) noexcept nogil
