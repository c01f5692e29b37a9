#!/usr/bin/env python3
"""Writes every report of every format over messy projects and has others judge them.

    judge_reports.py BIN MULTITOOL

BIN is dispatch. MULTITOOL is Microsoft's Sarif.Multitool, or `-` to do without. junitparser and check-jsonschema must be
importable or on the PATH. Exit status 1 when a judge objects.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

from junitparser import JUnitXml

HERE = Path(__file__).resolve().parent.parent
FORMATS = ["human", "short", "json", "sarif", "github", "gitlab", "junit", "markdown"]
MANY = int(os.environ.get("MANY", "10000"))
wrong = []


def object_to(what, why):
    wrong.append(f"{what}: {why}")


def projects(root):
    """Name, files, document."""
    tasks = [f"  - {{id: T{n}, title: Write the part {n}, outputs: [out/{n}.md], depends_on: [NONE{n}], model: haiku}}"
             for n in range(MANY)]
    story = "# Story: {0}\n\n## Acceptance Criteria\n- [ ] {1}\n\n## Tasks\n- [ ] Write the guide in `docs/guide.md`\n"
    cases = {
        "none": ("a.plan.yaml", "plan: a\ntasks:\n  - {id: T1, title: Write the page, outputs: [a.md], model: haiku, agent: /dev}\n"),
        "one": ("a.plan.yaml", "plan: a\ntasks:\n  - {id: T1, title: Write the page, outputs: [a.md], depends_on: [T9], model: haiku, agent: /dev}\n"),
        "many": ("many.plan.yaml", "plan: many\ntasks:\n" + "\n".join(tasks) + "\n"),
        "names": ("dócs 100%/a, b: ação 🚀 [x].story.md", story.format("Guia", "The 🚀🚀 ação page is user-friendly, nice & <fast> | \"good\"")),
        "waived": ("a.story.md", story.format("Waived", "<!-- dispatch-allow V1.2 reason=\"agreed & <signed>\" -->\n- [ ] The page is user-friendly")),
        "cycle": ("a.plan.yaml", "plan: a\ntasks:\n  - {id: T1, title: Write one, outputs: [a.md], depends_on: [T2]}\n  - {id: T2, title: Write two, outputs: [b.md], depends_on: [T1]}\n"),
        "empty": ("a.story.md", ""),
        "broken": ("a.plan.yaml", "plan: a\ntasks: [{id: T1, title: \"x\n"),
        "crlf": ("a.story.md", "\ufeff" + story.format("Guia", "🚀 The page is user-friendly").replace("\n", "\r\n")),
    }
    for name, (path, text) in cases.items():
        folder = root / name
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "dispatch.yaml").write_text("")
        (folder / path).write_bytes(text.encode())
        yield name, folder, path


def run(binary, folder, *words):
    done = subprocess.run([binary, *words], cwd=folder, capture_output=True, timeout=300)
    if done.returncode not in (0, 1, 3):
        object_to(f"{folder.name} {' '.join(words)}", f"exit {done.returncode}: {done.stderr.decode()[:300]}")
    return done.stdout


def lines_of(folder, path):
    text = (folder / path).read_bytes().decode().lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def scalar(line, start, end):
    return line[start - 1:end - 1]


def utf16(line, start, end):
    return line.encode("utf-16-le")[2 * (start - 1):2 * (end - 1)].decode("utf-16-le", "replace")


def judge_places(what, folder, found, sarif):
    """SARIF counts UTF-16 units and JSON characters: both must cut the same words out of the file."""
    results = [r for r in sarif["runs"][0]["results"]]
    if len(results) != len(found["diagnostics"]):
        object_to(what, f"{len(results)} results in SARIF, {len(found['diagnostics'])} in JSON")
        return
    for one, other in zip(found["diagnostics"], results):
        where = other["locations"][0]["physicalLocation"]
        path = unquote(where["artifactLocation"]["uri"])
        if path != one["file"]:
            object_to(what, f"SARIF says {path}, JSON {one['file']}")
            continue
        region = where["region"]
        if one["line"] != one["end_line"] or not (folder / path).exists():
            continue
        line = lines_of(folder, path)[one["line"] - 1]
        mine = scalar(line, one["column"], one["end_column"])
        theirs = utf16(line, region["startColumn"], region.get("endColumn", region["startColumn"]))
        if mine != theirs or "\ufffd" in theirs:
            object_to(what, f"{one['code']}: characters give {mine!r}, UTF-16 units {theirs!r}")


COMMAND = re.compile(r"^::(error|warning|notice) file=([^,:\n\r]*),line=(\d+),endLine=(\d+)(?:,col=(\d+),endColumn=(\d+))?,title=([^,:\n\r]*)::([^\n\r]*)$")


def decoded(text):
    for code, letter in [("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]:
        text = text.replace(code, letter)
    return text


def judge_github(what, folder, text, is_open):
    rows = text.split("\n")[:-1]
    if len(rows) != is_open:
        object_to(what, f"{len(rows)} commands for {is_open} findings")
    for row in rows:
        match = COMMAND.match(row)
        if not match:
            object_to(what, f"no workflow command: {row[:200]}")
        elif re.search(r"%(?!25|0A|0D|3A|2C)", row.split("::", 2)[1] + match[8]):
            object_to(what, f"a bare percent sign: {row[:200]}")
        elif not (folder / decoded(match[2])).exists():
            object_to(what, f"no file {decoded(match[2])}")


def judge_gitlab(what, folder, text, is_open):
    issues = json.loads(text)
    if len(issues) != is_open:
        object_to(what, f"{len(issues)} issues for {is_open} findings")
    prints = [issue["fingerprint"] for issue in issues]
    if len(set(prints)) != len(prints):
        object_to(what, "GitLab drops issues that share a fingerprint")
    for issue in issues:
        place = issue["location"]
        begin = place.get("lines", {}).get("begin") or place["positions"]["begin"]["line"]
        fine = (isinstance(issue["description"], str) and issue["description"] and isinstance(issue["check_name"], str)
                and issue["severity"] in ("info", "minor", "major", "critical", "blocker")
                and isinstance(begin, int) and begin >= 1 and not place["path"].startswith("./") and (folder / place["path"]).exists())
        if not fine:
            object_to(what, f"not as GitLab documents it: {issue}")


def judge_junit(what, text):
    report = JUnitXml.fromstring(text)
    cases = [case for suite in report for case in suite]
    count = {"tests": len(cases), "failures": 0, "errors": 0, "skipped": 0}
    for case in cases:
        for result in case.result:
            count[{"Failure": "failures", "Error": "errors", "Skipped": "skipped"}[type(result).__name__]] += 1
    said = {"tests": report.tests, "failures": report.failures, "errors": report.errors, "skipped": report.skipped}
    if said != count:
        object_to(what, f"it says {said} and holds {count}")
    return len(cases)


MATCHER = json.loads((HERE / ".github/actions/dispatch/problem-matcher.json").read_text())["problemMatcher"]


def judge_short(what, folder, text, found):
    rows = text.split("\n")[:-1]
    opened = [d for d in found if d["baseline"] == "new" and "suppressed" not in d]
    if len(rows) != len(opened):
        object_to(what, f"{len(rows)} lines for {len(opened)} findings")
    for row, one in zip(rows, opened):
        for matcher in MATCHER:
            pattern = matcher["pattern"][0]
            match = re.match(pattern["regexp"], row)
            if match and match[pattern["file"]] == one["file"] and int(match[pattern["line"]]) == one["line"] and match[pattern["code"]] == one["code"]:
                break
        else:
            object_to(what, f"no problem matcher takes: {row[:200]}")


def judge_markdown(what, text):
    width = None
    for row in text.split("\n"):
        if not row.startswith("|"):
            width = None
            continue
        cells = len(re.findall(r"(?<!\\)\|", row))
        if width not in (None, cells):
            object_to(what, f"a row of {cells - 1} cells below one of {width - 1}: {row[:160]}")
        width = cells


def judge(binary, root, keep):
    texts = {}
    for name, folder, path in projects(root):
        for words in (["lint", path], ["analyze", path], ["check", path, "--out", "plan"]):
            what = f"{name} {words[0]}"
            found = {}
            for form in FORMATS:
                if words[0] == "analyze" and form == "json":
                    (keep / "manifest").mkdir(exist_ok=True)
                    (keep / "manifest" / f"{name}.json").write_bytes(run(binary, folder, *words, "--format", form))
                    continue
                found[form] = run(binary, folder, *words, "--format", form).decode()
            texts[what] = (folder, found)
    # Results, right and wrong, of a plan that compiles.
    name, folder = "verified", root / "verified"
    folder.mkdir()
    (folder / "dispatch.yaml").write_text("")
    (folder / "a.plan.yaml").write_text("plan: a\ntasks:\n" + "".join(
        f"  - {{id: T{n}, title: Write the page {n}, outputs: ['out/{file}'], model: haiku}}\n"
        for n, file in enumerate(["ação 1.md", "b.json", "c.md", "d.yaml"])))
    run(binary, folder, "compile", "a.plan.yaml", "--out", "plan", "-q")
    (folder / "out").mkdir()
    (folder / "out/ação 1.md").write_text("# A\n\n🚀 ação [INSERT name] here\n")
    (folder / "out/b.json").write_text("{\"a\": }\n")
    (folder / "out/d.yaml").write_text("a: 1\n")
    (folder / "out/e.md").symlink_to("/etc/hostname")
    texts["verified verify"] = (folder, {form: run(binary, folder, "verify", "plan", "--format", form).decode() for form in FORMATS})
    (keep / "health").mkdir()
    (keep / "health/plan.json").write_bytes(run(binary, folder, "health", "plan", "--format", "json"))
    return texts


def main():
    binary, multitool = os.path.abspath(sys.argv[1]), sys.argv[2]
    root = Path(tempfile.mkdtemp(prefix="dispatch-judges-"))
    keep = root / "kept"
    keep.mkdir()
    try:
        texts = judge(binary, root, keep)
        reports = cases = 0
        sarifs = []
        for what, (folder, found) in texts.items():
            reports += len(found)
            name = what.replace(" ", "-")
            schema = {"verify": "verify", "check": "diagnostics", "lint": "diagnostics"}.get(what.split()[1])
            sarif = keep / f"{name}.sarif"
            sarif.write_text(found["sarif"])
            sarifs.append(str(sarif))
            if "json" in found:
                (keep / schema).mkdir(exist_ok=True)
                (keep / schema / f"{name}.json").write_text(found["json"])
                document = json.loads(found["json"])
                judge_places(what, folder, document, json.loads(found["sarif"]))
                judge_short(what, folder, found["short"], document["diagnostics"])
            is_open = len(found["short"].split("\n")) - 1
            judge_github(what, folder, found["github"], is_open)
            judge_gitlab(what, folder, found["gitlab"], is_open)
            judge_markdown(what, found["markdown"])
            cases += judge_junit(what, found["junit"].encode())
        for schema in ("diagnostics", "verify", "manifest", "health"):
            files = [str(path) for path in sorted((keep / schema).glob("*.json"))]
            done = subprocess.run(["check-jsonschema", "--schemafile", str(HERE / f"schemas/{schema}.schema.json"), *files], capture_output=True, text=True)
            if done.returncode:
                object_to(f"check-jsonschema {schema}", done.stdout[:2000] + done.stderr[:500])
        judged = "not judged"
        if multitool != "-":
            environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
            done = subprocess.run([multitool, "validate", *sarifs], capture_output=True, text=True, env=environment)
            errors = [row for row in done.stdout.split("\n") if re.search(r": error |: warning SARIF1", row)]
            if done.returncode or errors:
                object_to("Sarif.Multitool", "\n".join(errors[:10]) or done.stdout[-1500:] + done.stderr[-500:])
            judged = "judged by Sarif.Multitool"
        for line in wrong[:40]:
            print(line, file=sys.stderr)
        if len(wrong) > 40:
            print(f"… and {len(wrong) - 40} more", file=sys.stderr)
        print(f"{reports} reports, {cases} JUnit cases, {len(sarifs)} SARIF files {judged}: {len(wrong)} objections")
        return 1 if wrong else 0
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(root, ignore_errors=True)
        else:
            print(root)


if __name__ == "__main__":
    sys.exit(main())
