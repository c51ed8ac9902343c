# Home Assistant puts probatio in voluptuous's place when it starts; older versions have the real one.
from probatio import *
