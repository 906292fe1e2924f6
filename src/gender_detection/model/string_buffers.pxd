cdef class StringBuffers:
    cdef object _column
    cdef const unsigned char[::1] _bytes
    cdef const int[::1] _offsets
    cdef const unsigned char[::1] _valid
    cdef Py_ssize_t _first
    cdef bint _all_valid
    cdef const unsigned char* bytes(self) noexcept nogil
    cdef Py_ssize_t start(self, Py_ssize_t at) noexcept nogil
    cdef Py_ssize_t end(self, Py_ssize_t at) noexcept nogil
    cdef bint is_valid(self, Py_ssize_t at) noexcept nogil

cdef str as_str(object text)
