//! G>  The wire.
