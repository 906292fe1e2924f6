from gender_detection.names.customs cimport Custom
from gender_detection.names.word_classes cimport Classes
from gender_detection.names.word_row cimport WordRow

cdef int take_titles(WordRow name, Custom* custom, int start, int end) except -1 nogil
cdef int _take_title(
    WordRow name, Custom* custom, int at, int position, int following, bint after_title
) except -5 nogil
cdef int _title_of(
    WordRow name, Custom* custom, int at, int position, int following, bint after_title
) except -5 nogil
cdef bint _is_birth_name(WordRow name, int at, bint has_name) noexcept nogil
cdef int _take_special(
    WordRow name, int at, int start, int end, bint after_title
) noexcept nogil
cdef bint _joins_names(WordRow name, int at) noexcept nogil
cdef bint _is_article(WordRow name, int at, int end) noexcept nogil
cdef bint is_generation(WordRow name, int at) noexcept nogil
cdef void take_generation(WordRow name, int at) noexcept nogil
cdef bint _are_initials(WordRow name, int at, int position) noexcept nogil
cdef int _local_title(WordRow name, Custom* custom, int at, int entry) noexcept nogil
cdef bint _is_written_as_title(WordRow name, int at) noexcept nogil
cdef int _sounds_like_chinese_name(WordRow name, int at, int following) except -1 nogil
cdef int _title_anywhere(
    WordRow name, Custom* custom, int entry, Classes classes, int position, int following,
    bint dotted
) noexcept nogil
cdef void add_title(WordRow name, int title) noexcept nogil
cdef int _rewrite(WordRow name, int at, bint is_first) except -1 nogil
cdef int take_aside(WordRow name, Custom* custom) except -1 nogil
cdef int _take_separate_titles(WordRow name, Custom* custom, int start, int end) except -1 nogil
cdef int take_family_titles(WordRow name, Custom* custom) except -1 nogil
cdef bint are_titles(WordRow name, int start, int end) noexcept nogil
cdef void take_initials(WordRow name) noexcept nogil
cdef void take_patronymic(WordRow name, Custom* custom) noexcept nogil
cdef bint is_only_family(WordRow name, int names) noexcept nogil
cdef int _joined(WordRow name, int start, int end) except -1
cdef int join_servants(WordRow name) except -1 nogil
