cdef int write_sound(
    const unsigned char* letters, Py_ssize_t start, int size, unsigned char* sound
) noexcept nogil
cdef bint _is_silent(
    unsigned char before, unsigned char letter, unsigned char behind
) noexcept nogil
cdef bint _is_vowel(unsigned char letter) noexcept nogil
cdef int hash_views(const unsigned char* sound, int size, unsigned long long* found) noexcept nogil
cdef int _hash_shorter(
    const unsigned char* sound, int size, unsigned long long* found
) noexcept nogil
