from gender_detection.names cimport reader
from gender_detection.names.reader cimport Reader

cdef Reader _free_reader()
cdef _parsed(Reader reader, str written)
