//! What a file is: by its path, and by the keys in it.

use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::ir::node::Node;

use super::read::{Draft, fence_keys, key_of};
use super::table::{Document, Form, Marks, Table};

/// The row of the kind of a file, as far as its path tells. `None`: only its keys can tell.
#[must_use]
pub fn by_path(table: &Table, path: &str) -> Vec<usize> {
    let fits = |document: &&Document| document.globs.iter().any(|glob| glob.matches(path));
    let rows = table.documents.iter().enumerate();
    rows.filter(|(_, document)| fits(document)).map(|(row, _)| row).collect()
}

/// The row of the kind of a file that was read.
#[must_use]
pub fn of(inputs: &Inputs, table: &Table, file: FileId, draft: &Draft) -> Option<usize> {
    let path = inputs.file(file).path.as_str();
    let by_path = by_path(table, path);
    let sure = by_path.iter().copied().find(|&row| {
        let document = &table.documents[row];
        document
            .marks
            .as_ref()
            .is_none_or(|marks| marks.anywhere || bears(inputs, file, document, draft, marks))
    });
    sure.or_else(|| {
        table.documents.iter().position(|document| {
            let marks = document.marks.as_ref().filter(|marks| marks.anywhere);
            marks.is_some_and(|marks| {
                is_form(document.form, inputs.file(file).path.extension())
                    && bears(inputs, file, document, draft, marks)
            })
        })
    })
}

fn is_form(form: Form, extension: &str) -> bool {
    match form {
        Form::Head | Form::Fence | Form::Text => matches!(extension, "md" | "markdown" | "mdc"),
        Form::Yaml => matches!(extension, "yaml" | "yml"),
        Form::Json => extension == "json",
    }
}

fn bears(inputs: &Inputs, file: FileId, document: &Document, draft: &Draft, marks: &Marks) -> bool {
    let text = inputs.text(file);
    let fence = match document.form {
        Form::Fence => fence_keys(text),
        // Of a file that is broken in the middle, the keys at its margin still tell what it is.
        Form::Yaml if !draft.findings.is_empty() => text.lines().filter_map(key_of).collect(),
        Form::Yaml | Form::Head | Form::Json | Form::Text => Vec::new(),
    };
    // `hooks.BeforeTool`: a key inside a key.
    let inside = |key: &str| {
        let path: Option<&Node> = key.split('.').try_fold(&draft.node, |node, key| node.get(key));
        path.is_some()
    };
    let has = |key: &String| inside(key) || fence.contains(&key.as_str());
    let equal = |(key, value): (&String, &String)| {
        draft.node.get(key).and_then(|node| node.text()).is_some_and(|text| text == value)
    };
    marks.all.iter().all(has)
        && (marks.any.is_empty() || marks.any.iter().any(has))
        && marks.equal.iter().all(equal)
}
