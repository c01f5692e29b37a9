//! The same inputs give the same bytes, whatever the world around them looks like.
//!
//! One project (three documents, a squad, a rule pack of its own) is compiled once; then again with one thing of the world
//! changed at a time, and at last with all of them changed at once. The whole plan folder is compared, names and bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::cli::{DISPATCH, Project, said};

const STORY: &str = include_str!("../squads/dispatch/examples/feature.story.md");
const CONTENT: &str = include_str!("../squads/dispatch/examples/conteudo.story.md");
const PLAN: &str = include_str!("../squads/dispatch/examples/demo.plan.yaml");
const AGENT: &str = "# Scribe\n\n```yaml\nagent: {name: Scribe, id: scribe, title: Writes pages}\n```\n";
const CONFIG: &str = "limits: {max_parallel: 5}\nsquads: [squads]\n";

/// The files of the project, in the order in which a folder would list them.
const FILES: [(&str, &str); 6] = [
    ("dispatch.yaml", CONFIG),
    ("docs/content.story.md", CONTENT),
    ("docs/deep/demo.plan.yaml", PLAN),
    ("docs/feature.story.md", STORY),
    ("squads/pages/agents/scribe.md", AGENT),
    ("src/lib.rs", "//! A file whose name is known to the compiler, and whose content is not.\n"),
];

/// What may differ between two runs of which the bytes may not.
#[derive(Clone)]
struct World {
    /// Folders between the temporary folder and the project.
    above: &'static str,
    /// The working directory, below the project.
    folder: &'static str,
    arguments: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    /// What the shell does before it becomes the compiler.
    before: &'static str,
    /// The files are made in the opposite order.
    reversed: bool,
    /// How often it is compiled; the last folder counts.
    times: usize,
}

const PLAIN: World = World {
    above: "",
    folder: "",
    arguments: &["docs/content.story.md", "docs/deep/demo.plan.yaml", "docs/feature.story.md"],
    variables: &[],
    before: ":",
    reversed: false,
    times: 1,
};

/// Compiles the project in a world; the files of its plan folder.
fn compiled(world: &World) -> BTreeMap<String, Vec<u8>> {
    let mut files = FILES.to_vec();
    if world.reversed {
        files.reverse();
    }
    let place = |path: &str| [world.above, path].concat();
    let named: Vec<(String, &str)> = files.iter().map(|(path, text)| (place(path), *text)).collect();
    let project = Project::new(&named.iter().map(|(path, text)| (path.as_str(), *text)).collect::<Vec<_>>());
    // `Project::new` puts a configuration at its top, which would be the root of a deeper project.
    if !world.above.is_empty() {
        fs::remove_file(project.path.join("dispatch.yaml")).expect("it was there");
    }
    let root: PathBuf = project.path.join(world.above);
    for _ in 0..world.times {
        let mut command = Command::new("sh");
        let line = format!("{}; exec \"$0\" compile --yes -q \"$@\"", world.before);
        command.args(["-c", &line, DISPATCH]).args(world.arguments);
        command.current_dir(root.join(world.folder)).envs(world.variables.iter().copied());
        let (code, out, errors) = said(command.output().expect("a shell runs"));
        assert_eq!(code, 0, "{out}{errors}");
    }
    crate::cli::tree(&root.join(".dispatch/plans"))
}

/// Keeps to one processor, then to two, where the system lets us choose.
const ONE: &str = "taskset -pc 0 $$ >/dev/null 2>&1";
const TWO: &str = "taskset -pc 0,1 $$ >/dev/null 2>&1";

#[test]
fn bytes_do_not_depend_on_the_world() {
    let wanted = compiled(&PLAIN);
    assert!(wanted.len() > 30, "three documents make many files: {}", wanted.len());
    let worlds: [(&str, World); 14] = [
        ("the same again", PLAIN),
        ("compiled three times over", World { times: 3, ..PLAIN }),
        (
            "shuffled arguments",
            World {
                arguments: &["docs/feature.story.md", "docs/content.story.md", "docs/deep/demo.plan.yaml"],
                ..PLAIN
            },
        ),
        (
            "a document named twice",
            World { arguments: &["docs/feature.story.md", "docs", "./docs/feature.story.md"], ..PLAIN },
        ),
        (
            "another working directory",
            World {
                folder: "docs/deep",
                arguments: &["demo.plan.yaml", "../feature.story.md", "../content.story.md"],
                ..PLAIN
            },
        ),
        (
            "another locale",
            World { variables: &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "pt_BR.UTF-8")], ..PLAIN },
        ),
        ("another time zone", World { variables: &[("TZ", "Pacific/Kiritimati")], ..PLAIN }),
        (
            "another home and user",
            World {
                variables: &[("HOME", "/nonexistent"), ("USER", "nobody"), ("LOGNAME", "nobody")],
                ..PLAIN
            },
        ),
        (
            "another terminal",
            World { variables: &[("NO_COLOR", "1"), ("COLUMNS", "40"), ("TERM", "dumb")], ..PLAIN },
        ),
        ("one processor", World { before: ONE, ..PLAIN }),
        ("two processors", World { before: TWO, ..PLAIN }),
        ("another mask of permissions", World { before: "umask 077", ..PLAIN }),
        ("files made in the opposite order", World { reversed: true, ..PLAIN }),
        ("a deeper folder", World { above: "a/b c/d/e/f/g/", ..PLAIN }),
    ];
    for (name, world) in &worlds {
        same(name, &wanted, &compiled(world));
    }
    let all = World {
        above: "ä/long way/down/",
        folder: "docs",
        arguments: &["feature.story.md", "deep/demo.plan.yaml", "content.story.md"],
        variables: &[("LC_ALL", "C"), ("TZ", "Asia/Kolkata"), ("HOME", "/"), ("PWD", "/wrong")],
        before: "umask 027; taskset -pc 0 $$ >/dev/null 2>&1",
        reversed: true,
        times: 2,
    };
    same("everything at once", &wanted, &compiled(&all));
}

fn same(name: &str, wanted: &BTreeMap<String, Vec<u8>>, found: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>(), "{name}");
    for (path, bytes) in wanted {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            *bytes == found[path],
            "{name}: {path}\n--- first\n{}--- now\n{}",
            text(bytes),
            text(&found[path])
        );
    }
}
