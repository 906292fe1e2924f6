cimport cython

cdef int _add_ngrams(
    const unsigned char* word, Py_ssize_t start, int size, int lowest, int highest, int bits,
    unsigned int seed, unsigned int* found, int count
) noexcept nogil
cdef long long in_units(unsigned short half) noexcept nogil

@cython.final
cdef class Indexer:
    cdef int _lowest
    cdef int _highest
    cdef int _bits
    cdef bint _sounds

    cdef int write(
        self, const unsigned char* letters, Py_ssize_t start, Py_ssize_t size, unsigned int* found
    ) noexcept nogil


@cython.final
cdef class Spelling:
    cdef readonly object weights
    cdef readonly object ngrams
    cdef const unsigned short[::1] _weights
    cdef Indexer _indexer

    cdef double sum_of(self, const unsigned char* key, Py_ssize_t size) noexcept nogil
    cdef int _fetch(
        self, const unsigned char* letters, Py_ssize_t start, Py_ssize_t size, unsigned int* indices
    ) noexcept nogil
    cdef double _add_up(self, const unsigned int* indices, int count) noexcept nogil
