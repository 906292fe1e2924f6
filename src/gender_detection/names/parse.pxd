from gender_detection.names.reader cimport Reader

cdef Reader _free_reader()
cdef object _parsed(Reader reader, str written)
