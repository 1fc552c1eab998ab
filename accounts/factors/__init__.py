"""The second factor: a code of the moment, asked again before what binds (signatures, payments)."""
