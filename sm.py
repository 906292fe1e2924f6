from pathlib import Path
from gender_detection.model import Model, Person, store
m=Model.load(store.current(Path("/tmp/newmodel")))
print(m.predict([Person("Andrea Rossi",country="IT"),Person("Maria"),Person(given_name="Jean-Pierre",family_name="Dupont"),Person("Xqzwy Ivanova"),Person("J. Smith"),Person("Mrs. Smith")]))
import timeit
p=[Person("Andrea Rossi",country="IT")]
print(timeit.timeit(lambda:m.predict(p),number=100000)*10,"us")
