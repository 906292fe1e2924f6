cdef int hear(
    const unsigned char* letters, Py_ssize_t start, int size, unsigned char* heard
) noexcept nogil
cdef int hash_views(const unsigned char* heard, int size, unsigned long long* found) noexcept nogil
