from gender_detection.model cimport estimation
from gender_detection.model.estimation cimport Estimator
from gender_detection.model cimport name_columns
from gender_detection.model.name_columns cimport NameColumns
from gender_detection.names cimport reader
