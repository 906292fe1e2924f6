cimport cython

@cython.final
cdef class HashIndex:
    cdef readonly object hashes
    cdef const unsigned long long[::1] _hashes
    cdef const unsigned int[::1] _starts
    cdef int _shift

    cdef void fetch_bucket(self, unsigned long long hashed) noexcept nogil
    cdef void fetch(self, unsigned long long hashed) noexcept nogil
    cdef Py_ssize_t find_one(self, unsigned long long hashed) noexcept nogil
