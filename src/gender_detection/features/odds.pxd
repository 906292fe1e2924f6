cdef double sigmoid(double log_odds) noexcept nogil
cdef double logit(double p) noexcept nogil
cdef double shift_prior(double p, double share, double base) noexcept nogil
