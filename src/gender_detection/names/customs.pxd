cimport cython

ctypedef struct Custom:
    int flags
    int ranks
    unsigned long long local_titles
    unsigned short code
    # The endings of family names there (family_forms.FamilyForms).
    short first_form, n_forms

cdef int NAMED, EAST_ASIA, HUNGARY, JAPAN, VIETNAM, FIRST_BY_DEFAULT, SPANISH, PATRONYMICS
cdef int MUSLIM, MARIA, FATHERS_INITIAL, FATHERS_NAMES, MALAY

@cython.final
cdef class Customs:
    cdef Custom* customs
    cdef dict numbers
    cdef _describe(self, int number, str code)
    cdef Custom* custom(self, int number) noexcept nogil
    cdef int number_of(self, str code) except -1
