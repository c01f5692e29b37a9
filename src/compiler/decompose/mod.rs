//! D  Model to task graph: atomic tasks and what each waits for.
