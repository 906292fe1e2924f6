from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans

cdef int spell_out(Spans name, Custom* custom) except -1 nogil
cdef int _full_name_of(Spans name, int at, Custom* custom) noexcept nogil
cdef void take_initials(Spans name) noexcept nogil
cdef bint is_only_family(Spans name, int names) noexcept nogil
cdef int _joined(Spans name, int start, int end) except -1
cdef int join_servants(Spans name) except -1 nogil
