//! Whole projects, compiled and compared byte for byte: `tests/golden/<name>/in` against `out`.
//!
//! The documents are what lies in `in/docs`; the rest of `in` is the project around them. `scripts/bless` writes `out`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;

use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::source::Layer;
use dispatch::compiler::compile;
use dispatch::compiler::library::{Library, Options};

fn read(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("it lies below").to_string_lossy().replace('\\', "/");
            found.insert(name, std::fs::read(&path).expect("a golden file is readable"));
        }
    }
}

/// Compiles the files of a project, given in the order of `names`.
fn emit(files: &BTreeMap<String, Vec<u8>>, names: &[&String]) -> BTreeMap<String, Vec<u8>> {
    let mut inputs = Inputs::new();
    for name in names {
        let path = RelPath::new(name).expect("golden files have relative paths");
        let bytes = files[*name].clone();
        if name.starts_with("docs/") {
            inputs.add_document(path, bytes);
        } else {
            inputs.add(path, Layer::Project, bytes);
        }
    }
    dispatch::builtin::underlay(&mut inputs);
    let library = Library::load(&inputs, &Options::default());
    let compilation = compile(&inputs, &library);
    let blocking: Vec<_> = compilation.plan.diagnostics.iter().filter(|finding| finding.blocks()).collect();
    assert!(blocking.is_empty(), "{blocking:#?}");
    let mut out = BTreeMap::new();
    let emitted = compilation.emit(|artifact| {
        out.insert(artifact.path.to_string(), artifact.bytes);
        Ok::<(), Infallible>(())
    });
    assert!(emitted.is_ok_and(|findings| findings.is_empty()), "templates are sound");
    out
}

#[test]
fn projects_compile_to_what_they_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("DISPATCH_BLESS").is_some();
    let mut projects: Vec<_> = std::fs::read_dir(&root).expect("golden projects exist").flatten().collect();
    projects.sort_by_key(std::fs::DirEntry::path);
    assert!(!projects.is_empty());
    for project in projects {
        let (mut files, mut expected) = (BTreeMap::new(), BTreeMap::new());
        let (input, output) = (project.path().join("in"), project.path().join("out"));
        read(&input, &input, &mut files);
        read(&output, &output, &mut expected);
        let names: Vec<&String> = files.keys().collect();
        let actual = emit(&files, &names);
        let reversed: Vec<&String> = files.keys().rev().collect();
        assert_eq!(actual, emit(&files, &reversed), "the order of files makes a difference");
        if bless {
            for name in expected.keys().filter(|name| !actual.contains_key(*name)) {
                std::fs::remove_file(output.join(name)).expect("a stale file can be removed");
            }
            for (name, bytes) in &actual {
                let path = output.join(name);
                std::fs::create_dir_all(path.parent().expect("it has a folder"))
                    .expect("folders can be made");
                std::fs::write(path, bytes).expect("a golden file is writable");
            }
            continue;
        }
        let project = project.path();
        assert_eq!(
            actual.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "{}: other files",
            project.display()
        );
        for (name, bytes) in &actual {
            let (found, wanted) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&expected[name]));
            assert_eq!(found, wanted, "{}: {name}", project.display());
        }
    }
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    let example =
        dispatch::builtin::file("squads/dispatch/examples/feature.story.md").expect("it is shipped");
    let text = std::str::from_utf8(example).expect("it is UTF-8");
    let forms = [
        text.to_owned(),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        format!("\u{feff}{text}"),
        text.trim_end().to_owned(),
    ];
    let emit = |text: &String| {
        let files = BTreeMap::from([("docs/feature.story.md".to_owned(), text.clone().into_bytes())]);
        let names: Vec<&String> = files.keys().collect();
        super::golden::emit(&files, &names)
    };
    let first = emit(&forms[0]);
    assert!(first.len() > 12);
    for form in &forms[1..] {
        assert_eq!(first, emit(form));
    }
}
