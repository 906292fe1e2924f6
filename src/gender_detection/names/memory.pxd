from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

cdef extern from "<stdlib.h>" nogil:
    void* aligned_alloc(size_t alignment, size_t size)

cdef inline void* resized(void* held, size_t size) except NULL nogil:
    """Return what is held, or nothing yet, with room for so many bytes."""
    cdef void* found = realloc(held, size)
    if not found:
        with gil:
            raise MemoryError
    return found

cdef inline void* resized_in_lines(void* held, size_t before, size_t size) except NULL nogil:
    """Return what is held, `before` bytes of it, with room for so many, a multiple of 64: it begins
    where a line of the processor's cache does."""
    cdef void* found = aligned_alloc(64, size)
    if not found:
        with gil:
            raise MemoryError
    if before:
        memcpy(found, held, before)
    free(held)
    return found
