from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

cdef extern from "<stdlib.h>" nogil:
    void* aligned_alloc(size_t alignment, size_t size)

cdef inline void* resized(void* held, size_t size) except NULL nogil:
    """Return a block of memory, NULL for a new one, resized to `size` bytes."""
    cdef void* found = realloc(held, size)
    if not found:
        with gil:
            raise MemoryError
    return found

cdef inline void* resized_in_lines(void* held, size_t before, size_t size) except NULL nogil:
    """Return a block of memory of `before` bytes, resized to `size` bytes, a multiple of 64, and
    aligned with the lines of the processor's cache."""
    cdef void* found = aligned_alloc(64, size)
    if not found:
        with gil:
            raise MemoryError
    if before:
        memcpy(found, held, before)
    free(held)
    return found
