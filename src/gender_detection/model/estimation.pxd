from gender_detection.model cimport name_columns
from gender_detection.model cimport order_evidence
from gender_detection.model.correction_rules cimport CorrectionRules
from gender_detection.model.name_columns cimport NameColumns
from gender_detection.model.name_evidence cimport KNOWN, NameEvidence
from gender_detection.model.order_evidence cimport OrderEvidence
from gender_detection.model.origin_evidence cimport OriginEvidence
from gender_detection.model.spelling_evidence cimport SpellingEvidence
from gender_detection.names cimport customs
from gender_detection.names cimport reader
from gender_detection.names cimport word_row
from gender_detection.names cimport word_classes as kinds
from gender_detection.names.customs cimport Custom
from gender_detection.names.family_forms cimport FamilyForms
from gender_detection.names.reader cimport Reader
from gender_detection.names.parser cimport NameParser
from gender_detection.names.words cimport Words

cdef class Estimator:
    cdef Reader reader
    cdef Words known
    cdef NameParser name
    cdef FamilyForms forms
    cdef OrderEvidence order
    cdef NameEvidence evidence
    cdef OriginEvidence origins
    cdef SpellingEvidence spelling
    cdef CorrectionRules own
    # The parameters.
    cdef double p_title
    cdef double min_count
    cdef double trust_unseen
    cdef double weight_family
    cdef double weight_others
    cdef double weight_whole
    cdef double strength_others
    cdef double base_share
    # The female share that the caller gave; _NO_SHARE for none.
    cdef double share
    # The word that the last answer is based on, and its basis; 0 for none.
    cdef int basis_word
    cdef int basis
    # The probability that the last name has the other order than it was read in.
    cdef double p_other
    cdef int find(self, int count) except -1 nogil
    cdef int read(self, int at) except -1 nogil
    cdef int put(
        self, int at, object name, object given, object family, str country
    ) except -1
    cpdef int estimate(self, object name, object given, object family, str country) except -1
    cpdef long long evidence_count(self)
    cpdef int evidence_sources(self)
    cpdef str matched(self)
    cpdef tuple correction_hash(self)
    cdef void _fetch(self, int at, bint is_first) noexcept nogil
    cdef int _answer(self, Custom* custom) except -1 nogil
    cdef bint _is_open(self) noexcept nogil
    cdef bint _is_no_title(self, Custom* custom) noexcept nogil
    cdef int _corrected(self, Custom* custom) noexcept nogil
    cdef int _answer_without_key(self, Custom* custom) except -1 nogil
    cdef int _form(self, Custom* custom) noexcept nogil
    cdef double _mix(self, double p_female, Custom* custom) except -1 nogil
    cdef double _estimate(self, Custom* custom) except -1 nogil
    cdef int _encode(self, double p_female, int basis) except -1 nogil
    cdef int _choose_key(self) noexcept nogil
    cdef double _p_by_origins(self, int key) noexcept nogil
    cdef double _combine(self, double p_female, int chosen, int country) noexcept nogil
