from gender_detection.names.customs cimport Custom
from gender_detection.names.word_row cimport WordRow

cdef int spell_out(WordRow name, Custom* custom) except -1 nogil
cdef int _spell_out_one(WordRow name, int at) except -1 nogil
cdef void _replace(WordRow name, int at, int number) noexcept nogil
cdef int _full_name_of(WordRow name, int at, Custom* custom) noexcept nogil
