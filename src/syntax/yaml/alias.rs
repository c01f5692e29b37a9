//! Aliases: where the value of an anchor stands in a tree that is still growing, and what copying it may cost.

use crate::ir::node::{Kind, Node};

use super::build::Frame;

/// Nodes all aliases of one text may add.
const NODES: usize = 50_000;
/// Bytes of text all aliases of one text may add.
const BYTES: usize = 2 << 20;

/// Why a value is not copied.
pub(super) enum Refusal {
    /// The copy would lie too deep.
    Deep,
    /// The copies are too many.
    Large,
}

/// What aliases may still add.
pub(super) struct Budget {
    nodes: usize,
    bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { nodes: NODES, bytes: BYTES }
    }
}

impl Budget {
    /// A copy of `node` whose own depth is at most `room`. It is measured first, and only as far as the budget
    /// goes: a refusal costs no more than a copy.
    pub(super) fn copy(&mut self, node: &Node, room: usize) -> Result<Node, Refusal> {
        self.spend(node, room)?;
        Ok(node.clone())
    }

    fn spend(&mut self, node: &Node, room: usize) -> Result<(), Refusal> {
        let bytes = match &node.kind {
            Kind::Text(text) => text.len(),
            Kind::Map(entries) => entries.iter().map(|(key, _)| key.text.len()).sum(),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::List(_) => 0,
        };
        self.nodes = self.nodes.checked_sub(1).ok_or(Refusal::Large)?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Refusal::Large)?;
        let below = matches!(node.kind, Kind::List(_) | Kind::Map(_)).then(|| room.checked_sub(1));
        let room = match below {
            Some(None) => return Err(Refusal::Deep),
            Some(Some(room)) => room,
            None => return Ok(()),
        };
        node.items().iter().try_for_each(|item| self.spend(item, room))?;
        node.entries().iter().try_for_each(|(_, value)| self.spend(value, room))
    }
}

/// The node at `path`, a list of indices from the root downwards, if it is complete.
pub(super) fn find<'a>(frames: &'a [Frame], path: &[usize]) -> Option<&'a Node> {
    let (depth, mut node) = path
        .iter()
        .enumerate()
        .map_while(|(depth, &index)| Some((depth, index, frames.get(depth)?)))
        .find_map(|(depth, index, frame)| Some((depth, frame.items.get(index)?)))?;
    for &index in &path[depth + 1..] {
        node = match &node.kind {
            Kind::List(items) => items.get(index)?,
            Kind::Map(entries) => &entries.get(index)?.1,
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => return None,
        };
    }
    Some(node)
}
