cdef unsigned long long spread(unsigned long long state) noexcept nogil
cdef unsigned long long hash_letters(const unsigned char* letters, Py_ssize_t size) noexcept nogil
cdef unsigned long long hash_part(
    const unsigned char* letters, Py_ssize_t start, Py_ssize_t size, unsigned long long salt
) noexcept nogil
cdef unsigned long long with_letters(
    unsigned long long state, const unsigned char* letters, Py_ssize_t start, Py_ssize_t size
) noexcept nogil
