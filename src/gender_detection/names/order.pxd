from gender_detection.names.customs cimport Custom
from gender_detection.names.spans cimport Spans

cdef int divide(Spans name, Custom* custom) except -1 nogil
