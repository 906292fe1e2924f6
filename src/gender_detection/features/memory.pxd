cdef extern from *:
    """
    #if defined(__GNUC__)
    #define GENDER_DETECTION_PREFETCH(address) __builtin_prefetch(address)
    #else
    #define GENDER_DETECTION_PREFETCH(address) ((void)(address))
    #endif
    """
    # Has the processor fetch what lies there, and does not wait for it.
    void prefetch "GENDER_DETECTION_PREFETCH"(const void* address) noexcept nogil
