use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Place, Sink, Written, emit, journal, look, recover};
use crate::base::inputs::RelPath;
use crate::host::error::HostError;
use crate::host::lock::Sources;
use crate::ir::artifact::Artifact;

/// A folder that is removed when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("dispatch-write-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(out: &Path, files: &[(&str, &str)]) -> Written {
    let produce = |sink: Sink<'_>| {
        for (path, text) in files {
            sink(Artifact { path: RelPath::new(path).unwrap(), bytes: text.as_bytes().to_vec() })?;
        }
        Ok(true)
    };
    emit(out, Sources::default(), produce).unwrap().unwrap()
}

fn listing(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn only_what_changed_is_written() {
    let scratch = Scratch::new();
    let out = scratch.0.join("plans/demo");
    let first = write(&out, &[("a.md", "one"), ("prompts/b.md", "two"), ("prompts/c.md", "three")]);
    assert_eq!(first, Written { written: 4, unchanged: 0, removed: 0 });
    let again = write(&out, &[("a.md", "one"), ("prompts/b.md", "two"), ("prompts/c.md", "three")]);
    assert_eq!(again, Written { written: 0, unchanged: 4, removed: 0 });
    let edited = write(&out, &[("a.md", "one"), ("prompts/b.md", "TWO")]);
    assert_eq!(edited, Written { written: 2, unchanged: 1, removed: 1 });
    assert_eq!(
        listing(&scratch.0),
        ["plans/demo/a.md", "plans/demo/dispatch.lock", "plans/demo/prompts/b.md"]
    );
}

#[test]
fn an_edited_output_is_put_right() {
    let scratch = Scratch::new();
    let out = scratch.0.join("demo");
    write(&out, &[("a.md", "one")]);
    fs::write(out.join("a.md"), "own").unwrap();
    assert_eq!(write(&out, &[("a.md", "one")]).written, 2);
    assert_eq!(fs::read_to_string(out.join("a.md")).unwrap(), "one");
}

#[test]
fn a_file_may_become_a_folder_and_back() {
    let scratch = Scratch::new();
    let out = scratch.0.join("demo");
    write(&out, &[("a", "one"), ("b/c", "two")]);
    write(&out, &[("a/x", "one"), ("b", "two")]);
    assert_eq!(listing(&out), ["a/x", "b", "dispatch.lock"]);
}

#[test]
fn what_is_not_ours_is_refused() {
    let scratch = Scratch::new();
    fs::write(scratch.0.join("notes.txt"), "mine").unwrap();
    let error = look(&scratch.0).unwrap_err();
    assert!(error.message.contains("not ours to change"), "{error}");
    assert_eq!(listing(&scratch.0), ["notes.txt"]);
    let empty = scratch.0.join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(look(&empty), Ok(Place::Empty));
    write(&empty, &[("a", "one")]);
    assert_eq!(listing(&empty), ["a", "dispatch.lock"]);
}

#[test]
fn a_stage_without_journal_is_swept_and_one_with_it_is_carried_out() {
    let scratch = Scratch::new();
    let plans = scratch.0.join("plans");
    let out = plans.join("demo");
    write(&out, &[("a", "one"), ("b", "two")]);
    let stage = out.join(journal::STAGE);
    fs::create_dir(&stage).unwrap();
    fs::write(stage.join("0"), "new").unwrap();
    fs::create_dir(plans.join(".other.dispatch-stage")).unwrap();
    recover(&plans);
    assert_eq!(listing(&plans), ["demo/a", "demo/b", "demo/dispatch.lock"]);

    fs::create_dir(&stage).unwrap();
    fs::write(stage.join("0"), "new").unwrap();
    fs::write(stage.join("journal"), "dispatch.journal v1\nremove b\nmove 0 a\nmove 1 c\nend\n").unwrap();
    fs::write(stage.join("1"), "see").unwrap();
    recover(&plans);
    assert_eq!(fs::read_to_string(out.join("a")).unwrap(), "new");
    assert_eq!(listing(&plans), ["demo/a", "demo/c", "demo/dispatch.lock"]);
}

#[test]
fn a_journal_cannot_lead_out() {
    let scratch = Scratch::new();
    let out = scratch.0.join("demo");
    write(&out, &[("a", "one")]);
    let stage = out.join(journal::STAGE);
    fs::create_dir(&stage).unwrap();
    fs::write(stage.join("0"), "new").unwrap();
    fs::write(stage.join("journal"), "dispatch.journal v1\nmove 0 ../escaped\nend\n").unwrap();
    assert!(journal::recover(&out).is_err());
    assert!(!scratch.0.join("escaped").exists());
}

#[test]
fn what_is_withheld_or_fails_leaves_nothing() {
    let scratch = Scratch::new();
    let out = scratch.0.join("plans/demo");
    let file = || Artifact { path: RelPath::new("a").unwrap(), bytes: b"two".to_vec() };
    let withhold = |sink: Sink<'_>| sink(file()).map(|()| false);
    let fail = |sink: Sink<'_>| sink(file()).and_then(|()| Err(HostError::world("no")));
    assert_eq!(emit(&out, Sources::default(), withhold), Ok(None));
    assert!(emit(&out, Sources::default(), fail).is_err());
    assert!(!scratch.0.join("plans").exists());
    write(&out, &[("a", "one")]);
    assert_eq!(emit(&out, Sources::default(), withhold), Ok(None));
    assert!(emit(&out, Sources::default(), fail).is_err());
    assert_eq!(fs::read_to_string(out.join("a")).unwrap(), "one");
    assert_eq!(listing(&scratch.0), ["plans/demo/a", "plans/demo/dispatch.lock"]);
}
