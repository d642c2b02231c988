"""Random scripts of what the simulator models, and random small trees to run them on."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.support.shell_sandbox import Tree

NAMES = ["a", "b", "c", "d"]
paths = st.one_of(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=2).map("/".join),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join),
)
_contents = st.sampled_from(["1\n", "2\n", "x y\n", "", "no end"])
_targets = st.sampled_from(["a", "b", "d", "d/a", "../a", "../b", "no", ".", "..", "a/b"]).map("-> {}".format)


@st.composite
def trees(draw: DrawFn) -> Tree:
    """Return a tree in which no file lies below a file or a link."""
    found: Tree = {}
    for path in draw(st.lists(paths, min_size=6, max_size=16, unique=True)):
        kind = draw(st.sampled_from(["file", "file", "file", "folder", "link"]))
        above = [path.rsplit("/", n)[0] for n in range(1, path.count("/") + 1)]
        if any(part in found for part in above) or any(each.startswith(path + "/") for each in found):
            continue
        if kind == "folder":
            found[path + "/"] = ""
        else:
            found[path] = draw(_contents if kind == "file" else _targets)
            if found[path] == "-> .." and "/" not in path:
                found[path] = "-> no"  # out of the sandbox
    return {path: content for path, content in found.items() if path + "/" not in found}


@st.composite
def words(draw: DrawFn) -> str:
    """Return a path as scripts write it."""
    path: str = draw(paths)
    form = draw(st.integers(0, 24))
    forms = {
        0: f"{path}/",
        1: f"./{path}",
        2: f'"{path}"',
        3: f"'{path}'",
        4: f"{path}/*",
        5: f"{path.rpartition('/')[0] or '.'}/[a-c]*",
        6: f"{{{path},{draw(paths)}}}",
        7: f"{path}/../{draw(paths)}",
        8: f"${{X:?}}/{path}",
        9: f'"${{Y:-{path}}}"',
        10: f'"$(pwd)/{path}"',
        11: f"{path}/.",
        12: f"../site/{path}",
        13: "?",
        14: f"${{X:?}}/{{a,b}}/{path}",
        15: f"{path}{{,.bak}}",
    }
    return forms.get(form, path)


def _command(*forms: str) -> SearchStrategy[str]:
    """Return commands by their forms: every @ is a path in some spelling, every § a plain one."""

    @st.composite
    def filled(draw: DrawFn) -> str:
        form: str = draw(st.sampled_from(forms))
        while "@" in form:
            form = form.replace("@", draw(words()), 1)
        while "§" in form:
            form = form.replace("§", draw(paths), 1)
        return form

    return filled()


simple = _command(
    "rm @",
    "rm -f @",
    "rm -r @",
    "rm -rf @",
    "rm -rf @ @",
    "rm -rf -- @",
    "rm -d @",
    "rmdir @",
    "rmdir -p @",
    "unlink @",
    "mkdir @",
    "mkdir -p @",
    "mkdir -p @ @",
    "touch @",
    "touch -c @",
    "mv @ @",
    "mv -f @ @",
    "mv -n @ @",
    "mv -T @ @",
    "mv -t @ @",
    "mv @ @ @",
    "cp @ @",
    "cp -r @ @",
    "cp -a @ @",
    "cp -R @ @ @",
    "cp -rT @ @",
    "cp -rf @/. d",
    "cp -n @ @",
    "cp -rL @ @",
    "cp -t @ @ @",
    "cp -P @ @",
    "install @ @",
    "install -D @ @",
    "install -d @",
    "install -m 644 @ @",
    "ln -s @ @",
    "ln -sf @ @",
    "ln -sfn @ @",
    "ln @ @",
    "echo hi > @",
    "echo hi >> @",
    "echo -n > @",
    "printf '%s\\n' @ > @",
    "cat @ > @",
    "cat @ @ >> @",
    "cat > @ <<EOF\nhello $X @\nEOF",
    "cat > @ <<'EOF'\nhello $X\nEOF",
    "echo hi | tee @ > /dev/null",
    "echo hi | tee -a @",
    "> @",
    "cd @",
    "cd @ && cd ..",
    "cd",
    "pushd @ > /dev/null",
    "popd > /dev/null",
    "X=@",
    "Y=@",
    "X=$(basename @)",
    "X=$(dirname @)",
    "test -e @",
    "[ -d @ ]",
    "[[ -f @ ]]",
    "false",
    "true",
    "chmod 755 @",
    "X=$(cat @)",
    "truncate -s 0 @",
    "readlink @ > @",
    "ls @ > @",
    "tar cf t.tar @",
    "tar czf t.tar @ @",
    "tar -cf t.tar -C @ .",
    "tar cf t.tar --exclude=a @",
    "tar cf @ @",
    "tar xf t.tar",
    "tar xf t.tar @",
    "tar -xf t.tar -C @",
    "tar xf t.tar --strip-components=1",
    "tar xf t.tar -C @ --exclude=b",
    "tar xkf t.tar",
    "tar xf t.tar --overwrite",
    "tar cf - @ | tar xf - -C @",
    "tar cf - -C @ . | (cd @ && tar xf -)",
    "scp -q @ host:@",
    "scp -r @ host:@",
    "scp -r @ @ host:@",
    "scp t.tar host:",
    "scp host:@ @",
    "find @ -name a -delete",
    "find @ -type f -delete",
    "find @ -mindepth 1 -delete",
    "find @ -type d -empty -delete",
    "find @ -type f -exec rm {} \\;",
    "find @ -maxdepth 1 -name '[ab]' -exec rm -rf {} +",
    "find @ ! -name a -type f | xargs rm -f",
    "rm -rf $(ls §)",
    "ls § | xargs -r rm -rf",
    "gzip @",
    "zip -qr t.zip @",
    "unzip -qo t.zip -d @",
    "sudo rm -rf @",
    "bash -c 'rm -rf @; touch @'",
    "command cp -r @ @",
    "trap 'rm -rf @' EXIT",
    "exit 1",
    "eval 'rm -f @'",
    "echo 'rm -rf @' | bash",
)


def _on_the_target(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    """Return commands that run others by ssh, by each way to write that."""
    lines = st.builds("{}\n{}".format, inner, inner)
    return st.one_of(
        st.builds("ssh host <<'END'\n{}\nEND".format, lines),
        st.builds("ssh -T -p 22 user@host bash -s <<'END'\n{}\nEND".format, lines),
        st.builds("ssh host '{}'".format, lines.filter(lambda text: "'" not in text)),
        st.builds('ssh -q host "{}"'.format, lines.filter(lambda text: '"' not in text)),
        st.builds("tar cf - {} | ssh host 'cd {} && tar xf -'".format, paths, paths),
        st.builds("cat {} | ssh host 'cat > {}'".format, paths, paths),
        st.builds("ssh host 'tar cf - {}' | tar xf - -C {}".format, paths, paths),
        st.builds("bash -c '{}'".format, lines.filter(lambda text: "'" not in text)),
        st.builds("env Y={} bash -ec '{}'".format, paths, lines.filter(lambda text: "'" not in text)),
    )


def _without_documents(text: str) -> bool:
    return "<<" not in text


plain = simple.filter(_without_documents)


def _compound(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.one_of(
        st.builds("{} && {}".format, inner, inner),
        st.builds("{} || {}".format, inner, inner),
        st.builds("{}; {}".format, inner, inner),
        st.builds("( {}\n{}\n)".format, inner, inner),
        st.builds("{{ {}\n{}\n}}".format, inner, inner),
        st.builds("! {}".format, plain),
        st.builds("if {}; then\n{}\nelse\n{}\nfi".format, plain, inner, inner),
        st.builds("if {}; then\n{}\nfi".format, plain, inner),
        st.builds("for X in {} {}; do\n{}\ndone".format, words(), words(), inner),
        st.builds("for X in *; do\n{}\ndone".format, inner),
        st.builds("case $X in a) {}\n;;\nb|c) {}\n;;\n*) {}\n;;\nesac".format, inner, inner, inner),
        st.builds("{{ f() {{\n{}\n}}\nf {}; }}".format, inner, words()),
        st.builds("{{ g() {{ local X=$1\n{}\nreturn 1\n}}\ng {} || {}; }}".format, inner, words(), plain),
        st.builds("{{ {}\n{}\n}} > {}".format, inner, inner, words()),
        st.builds("n=0; while [ $n -lt 2 ]; do n=$((n+1))\n{}\ndone".format, inner),
        st.builds("X=$( {}\necho {})".format, inner, words()),
    )


compound = _compound(st.one_of(plain, _compound(plain)))
remote = _on_the_target(st.one_of(plain, plain, _compound(plain)))
statements = st.one_of(simple, simple, simple, compound, remote)


@st.composite
def scripts(draw: DrawFn) -> str:
    """Return a script of some lines."""
    head = draw(st.sampled_from(["", "", "set -e\n", "set -euo pipefail\nX= Y=\n"]))
    return (
        head
        + "X="
        + draw(st.sampled_from(["a", "b/c", "", "."]))
        + "\n"
        + "\n".join(draw(st.lists(statements, min_size=1, max_size=6)))
    )
