from libc.stdlib cimport realloc

cdef inline void* resized(void* held, size_t size) except NULL nogil:
    """Return what is held, or nothing yet, with room for so many bytes."""
    cdef void* found = realloc(held, size)
    if not found:
        with gil:
            raise MemoryError
    return found
