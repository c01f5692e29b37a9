//! `squads/`, `schemas/` and `templates/`, embedded as the lowest layer of every `Inputs`.

use include_dir::{Dir, include_dir};

use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;

static SQUADS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/squads");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Every embedded file: its path below the top level, and its bytes. Sorted within a folder.
pub fn files() -> impl Iterator<Item = (String, &'static [u8])> {
    let mut found = Vec::new();
    for (top, dir) in [("schemas", &SCHEMAS), ("squads", &SQUADS), ("templates", &TEMPLATES)] {
        collect(top, dir, &mut found);
    }
    found.into_iter()
}

fn collect(top: &str, dir: &'static Dir<'static>, found: &mut Vec<(String, &'static [u8])>) {
    for file in dir.files() {
        found.push((format!("{top}/{}", file.path().to_string_lossy().replace('\\', "/")), file.contents()));
    }
    for inner in dir.dirs() {
        collect(top, inner, found);
    }
}

/// One embedded file.
pub fn file(path: &str) -> Option<&'static [u8]> {
    let (top, rest) = path.split_once('/')?;
    let dir = match top {
        "squads" => &SQUADS,
        "schemas" => &SCHEMAS,
        "templates" => &TEMPLATES,
        _ => return None,
    };
    dir.get_file(rest).map(include_dir::File::contents)
}

/// Adds every embedded file that `inputs` does not cover already.
pub fn underlay(inputs: &mut Inputs) {
    for (path, bytes) in files() {
        if let Some(path) = RelPath::new(&path) {
            inputs.add(path, Layer::Builtin, bytes.to_vec());
        }
    }
}
