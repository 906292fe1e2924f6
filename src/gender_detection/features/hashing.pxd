cdef unsigned long long FNV_PRIME, FNV_BASIS, MIX_1, MIX_2, GAMMA, MASK

cdef unsigned long long spread(unsigned long long state) noexcept nogil
cdef unsigned long long hash_letters(const unsigned char* letters, Py_ssize_t size) noexcept nogil
cdef unsigned long long hash_part(
    const unsigned char* letters, Py_ssize_t start, Py_ssize_t size, unsigned long long salt
) noexcept nogil
cdef unsigned long long hash_in_country(
    unsigned long long hashed, unsigned long long code
) noexcept nogil
