from gender_detection.features.index cimport HashIndex
from gender_detection.features.spelling cimport Spelling
from gender_detection.model cimport columns
from gender_detection.model.columns cimport Columns
from gender_detection.names cimport customs
from gender_detection.names cimport reader
from gender_detection.names cimport word_classes as kinds
from gender_detection.names.customs cimport Custom
from gender_detection.names.reader cimport Reader
from gender_detection.names.parser cimport NameParser
from gender_detection.names.words cimport Words

cdef class Estimator:
    cdef Reader reader
    cdef Words known
    cdef NameParser name
    # What the sources say.
    cdef HashIndex world
    cdef const float[::1] p_world
    cdef const float[::1] counts
    cdef const unsigned short[::1] sources
    cdef const int[::1] first
    cdef const unsigned char[::1] sizes
    cdef const float[:, ::1] matrix
    cdef const unsigned short[::1] pair_countries
    cdef const float[::1] pair_p_female
    cdef const unsigned short[::1] numbers
    cdef HashIndex families
    cdef const unsigned int[::1] origin_offsets
    cdef const unsigned short[::1] origin_countries
    cdef const float[::1] origin_shares
    # What the spelling says.
    cdef Spelling spelling
    cdef double bias
    cdef double slope
    cdef double intercept
    # How these go together.
    cdef double p_title
    cdef double min_count
    cdef double trust_unseen
    cdef double weight_family
    cdef double weight_others
    cdef double weight_whole
    cdef double strength_others
    cdef double base_share
    # For all that is asked now.
    cdef double share
    # Of the name that was judged last.
    cdef int judged
    cdef int find(self, int count) except -1 nogil
    cdef int read(self, int at) except -1 nogil
    cdef int put(
        self, int at, object name, object given, object family, str country
    ) except -1
    cpdef int ask(self, object name, object given, object family, str country) except -1
    cpdef long long evidence_count(self)
    cpdef int evidence_sources(self)
    cdef void _fetch(self, int at, bint is_first) noexcept nogil
    cdef void _fetch_known(self, int number, int country) noexcept nogil
    cdef void _fetch_unknown(self, int number) noexcept nogil
    cdef int _answer(self, Custom* custom) except -1 nogil
    cdef int _judge(self, Custom* custom) except -1 nogil
    cdef int _code(self, double p_female, int basis) except -1 nogil
    cdef int _choose(self) noexcept nogil
    cdef bint _is_known(self, int key) noexcept nogil
    cdef double _in_country(self, int key, int country) noexcept nogil
    cdef double _at_home(self, int key) noexcept nogil
    cdef int _family_with_homes(self) except -1 nogil
    cdef bint _has_homes(self, int number) noexcept nogil
    cdef double _with_others(self, double p_female, int chosen, int country) noexcept nogil
    cdef double _spelled(self, int key) noexcept nogil
    cdef double _sum_of(self, int key, int size) noexcept nogil

cdef double _share_of(double odds) noexcept nogil
cdef double _log_odds(double p) noexcept nogil
cdef double _shifted(double p, double share, double base) noexcept nogil

cdef str plain(object text)
