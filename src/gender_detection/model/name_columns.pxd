from gender_detection.model cimport string_buffers
from gender_detection.model.string_buffers cimport StringBuffers
from gender_detection.names cimport reader
from gender_detection.names.reader cimport Reader

cdef class NameColumns:
    cdef Reader into
    cdef StringBuffers names
    cdef StringBuffers given
    cdef StringBuffers family
    cdef const int[::1] country_numbers
    cdef const int[::1] customs
    cdef bint has_name
    cdef bint has_given
    cdef bint has_family
    cdef bint has_country
    cdef int default_custom
    cdef int put(self, Py_ssize_t row, int at) except -1 nogil
    cdef int _custom_of(self, str text) except -1
    cdef int _set_countries(self, object column) except -1
    cdef int _is_blank(self, Py_ssize_t row) except -1 nogil

cdef bint _are_blank(bytes raw) except -1
