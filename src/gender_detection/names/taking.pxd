from gender_detection.names.spans cimport Spans

cdef int take_full(
    Spans name, const unsigned char* text, Py_ssize_t start, Py_ssize_t end
) except -2 nogil
cdef int take_fields(
    Spans name, const unsigned char* text, Py_ssize_t start, Py_ssize_t end,
    const unsigned char* family, Py_ssize_t family_start, Py_ssize_t family_end
) except -2 nogil
cdef int take_split(Spans name, object found) except -1
