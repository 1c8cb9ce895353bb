"""Weekly rounds of Elementary School Resource Officers: planned, explained, published."""

__version__ = "0.1.0"
