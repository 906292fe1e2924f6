cimport cython
from gender_detection.names.customs cimport Custom
from gender_detection.names.word_row cimport WordRow
from gender_detection.names.words cimport Words

@cython.final
cdef class FamilyForms:
    cdef public dict first_of, count_of
    cdef signed char[::1] genders
    cdef unsigned long long[::1] ends, masks, lower, upper
    cdef int[::1] least
    cdef int greek, n_greek, cyrillic, n_cyrillic
    cdef int form_of(self, WordRow name, Custom* custom) noexcept nogil
    cdef int _by_script(self, WordRow name) noexcept nogil
    cdef int _family_form(self, WordRow name, Custom* custom) noexcept nogil
    cdef int _in_country(self, WordRow name, int first, int count) noexcept nogil
    cdef int _local(self, Words table, int number, int first, int count) noexcept nogil
