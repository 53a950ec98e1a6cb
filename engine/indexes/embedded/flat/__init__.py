"""A codec for passages: segments of flat arrays, mapped into memory, without a pickle in them."""
