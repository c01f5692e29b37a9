//! Follows a JSON pointer into a node, as far as it leads.

use std::borrow::Cow;

use super::{Key, Kind, Node};

/// Follows `pointer` (`/tasks/3/id`, with `~0` and `~1` for `~` and `/`). Gives the deepest node reached and the key
/// that owns it; the key is `None` for the root and for items of a list. A pointer that leads nowhere stops early.
#[must_use]
pub fn follow<'a>(node: &'a Node, pointer: &str) -> (&'a Node, Option<&'a Key>) {
    let mut here = (node, None);
    for step in pointer.split('/').skip(1) {
        match child(here.0, &unescape(step)) {
            Some(next) => here = next,
            None => break,
        }
    }
    here
}

/// The entry of a map or the item of a list that one unescaped step of a pointer names.
fn child<'a>(node: &'a Node, step: &str) -> Option<(&'a Node, Option<&'a Key>)> {
    match &node.kind {
        Kind::Map(entries) => {
            entries.iter().find(|(key, _)| key.text == step).map(|(key, value)| (value, Some(key)))
        }
        Kind::List(items) => Some((items.get(step.parse::<usize>().ok()?)?, None)),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => None,
    }
}

fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') {
        Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(step)
    }
}

#[cfg(test)]
mod tests {
    use super::follow;
    use crate::base::span::{FileId, Span};
    use crate::ir::node::{Key, Kind, Node};

    fn check(pointer: &str, value: &Kind, key: Option<&str>) {
        let span = Span::head(FileId(0));
        let node = |kind| Node { span, kind };
        let entry = |name: &str, kind| (Key { text: name.into(), span }, node(kind));
        let item = node(Kind::Map(vec![entry("a/b~c", Kind::Int(7))]));
        let root = node(Kind::Map(vec![entry("tasks", Kind::List(vec![node(Kind::Int(1)), item]))]));
        let (reached, owner) = follow(&root, pointer);
        assert_eq!((&reached.kind, owner.map(|key| key.text.as_str())), (value, key));
    }

    #[test]
    fn pointers_lead_as_far_as_they_can() {
        check("/tasks/0", &Kind::Int(1), None);
        check("/tasks/1/a~1b~0c", &Kind::Int(7), Some("a/b~c"));
        check("/tasks/0/missing/deeper", &Kind::Int(1), None);
    }
}
