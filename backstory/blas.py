"""NumPy's linear algebra is never used here, and its threads need not be started.

They cost every command, and every process that reads documents, a tenth of a second of processor
time. Imported before NumPy, by the command alone: what a program does that imports Backstory is its
own matter.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
