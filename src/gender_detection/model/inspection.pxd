from gender_detection.model cimport estimation
from gender_detection.model.estimation cimport Estimator
