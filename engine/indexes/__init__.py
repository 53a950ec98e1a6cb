"""The ways an index can be kept, behind one contract (`engine.indexes.contract`)."""
