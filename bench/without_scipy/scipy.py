"""Stands before SciPy on the path of measured processes; see `environment` in processes.py."""

raise ModuleNotFoundError("SciPy is hidden from what is measured", name="scipy")
