cdef extern from *:
    """
    #if defined(__GNUC__)
    #define GENDER_DETECTION_PREFETCH(address) __builtin_prefetch(address)
    #else
    #define GENDER_DETECTION_PREFETCH(address) ((void)(address))
    #endif
    """
    # Starts to load the cache line of an address, and does not wait for it.
    void prefetch "GENDER_DETECTION_PREFETCH"(const void* address) noexcept nogil
