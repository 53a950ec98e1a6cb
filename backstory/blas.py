"""Keep OpenBLAS from starting threads: linear algebra is never used here.

Starting them costs every command, and every worker process, a tenth of a second of CPU time. Only
the command imports this, before NumPy: programs that use the Python API decide for themselves.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
