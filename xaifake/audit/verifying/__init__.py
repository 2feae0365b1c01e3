"""Whether a case can be repeated: its files, its contract and options, the versions, and the same run's numbers.

verify (verification.py)   the steps, in the order in which a case is made
├── asking.py              what a record says that was asked, checked
├── locating.py            the files that it speaks of, on this machine
├── contracts.py           what is stated of the contract here
├── repeating.py           the run, done again
└── comparing.py           differences, and the tolerances
"""

from xaifake.audit.verifying.comparing import TOLERANCES, Difference, Step
from xaifake.audit.verifying.verification import Verification, verify

__all__ = ["TOLERANCES", "Difference", "Step", "Verification", "verify"]
