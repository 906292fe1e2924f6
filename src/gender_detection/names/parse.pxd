from gender_detection.names.reader cimport Reader
