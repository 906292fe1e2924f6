from gender_detection.model cimport estimation
from gender_detection.model cimport string_buffers
from gender_detection.model.estimation cimport Estimator
from gender_detection.names cimport reader
from gender_detection.names.reader cimport Reader

cdef class JsonWriter:
    cdef int least
    cdef list answers
    cdef dict countries
    cdef unsigned char[::1] out
    cdef Py_ssize_t size
    cdef int _put_person(self, Estimator estimator, int at, object one, object country) except -1
    cdef int _write_answer(self, Estimator estimator, int at, object one, object country) except -1
    cdef tuple _country(self, object country)
    cdef bytes _answer(self, int code)
    cdef int _write_given(self, Estimator estimator) except -1
    cdef int _write_matched(self, Estimator estimator) except -1
    cdef int _write_other_match(self, Estimator estimator) except -1
    cdef int _write_text(self, str text) except -1
    cdef int _write_plain(self, const unsigned char* text, Py_ssize_t size) except -1
    cdef int _write(self, bytes text) except -1
    cdef int _copy(self, const unsigned char* text, Py_ssize_t size) except -1
    cdef int _write_number(self, long long number) except -1
    cdef int _grow(self, Py_ssize_t size) except -1
