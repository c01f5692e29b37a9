//! How JSON is laid out: one line for each entry of the two outermost levels, so that a change of one task is a change
//! of one line, and a large plan stays small.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// Levels that are broken into lines.
const OPEN: usize = 2;

/// Writes `value` with the layout above and a line break at its end.
pub(crate) fn write(value: &impl Serialize, capacity: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(capacity);
    let mut serializer = Serializer::with_formatter(&mut out, Layout { depth: 0, empty: true });
    value.serialize(&mut serializer).expect("our own types serialize, and a vector takes every byte");
    out.push(b'\n');
    out
}

struct Layout {
    depth: usize,
    empty: bool,
}

impl Layout {
    fn open<W: ?Sized + Write>(&mut self, out: &mut W, mark: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.empty = true;
        out.write_all(mark)
    }
    fn close<W: ?Sized + Write>(&mut self, out: &mut W, mark: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.depth < OPEN && !self.empty {
            self.line(out)?;
        }
        self.empty = false;
        out.write_all(mark)
    }
    fn item<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.empty = false;
        if !first {
            out.write_all(b",")?;
        }
        if self.depth <= OPEN { self.line(out) } else { Ok(()) }
    }
    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b" "))
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }
    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.item(out, first)
    }
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }
    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.item(out, first)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn outer_levels_have_lines() {
        let value = serde_json::json!({"a": [{"x": [1, 2]}, {}], "b": [], "c": 1});
        let text = String::from_utf8(super::write(&value, 0)).unwrap();
        assert_eq!(text, "{\n \"a\":[\n  {\"x\":[1,2]},\n  {}\n ],\n \"b\":[],\n \"c\":1\n}\n");
    }
}
