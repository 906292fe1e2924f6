from gender_detection.features cimport hashing
from gender_detection.names cimport spans
from gender_detection.names cimport word_classes as kinds
from gender_detection.names.spans cimport Spans

cdef int _MOST_BYTES, _MOST_ENDS, _BY_PYTHON
cdef unsigned char _SPACE, _COMMA, _NO_UTF8
cdef unsigned long long _MASK

cdef int take_full(
    Spans name, const unsigned char* text, Py_ssize_t start, Py_ssize_t end
) except -2 nogil
cdef int take_fields(
    Spans name, const unsigned char* text, Py_ssize_t start, Py_ssize_t end,
    const unsigned char* family, Py_ssize_t family_start, Py_ssize_t family_end
) except -2 nogil
cdef int take_split(Spans name, object found) except -1

cdef int _take(
    Spans name, const unsigned char* text, Py_ssize_t start, Py_ssize_t end, int into
) except -2 nogil
