"""Scripts that were told wrongly once, or could be: bash is asked again what each of them does."""

import pytest

from tests.properties.test_script_oracle import compared
from tests.support.shell_sandbox import Tree
from tests.support.shell_scripts import Case

PACKED: Tree = {"src/c/k/f": "1\n", "t/": ""}
TREE: Tree = {
    "src/c/k/f": "1\n",
    "src/c/l": "-> k",
    "src/c/m": "-> k/f",
    "t/": "",
    "live/c/k": "old\n",
    "live/c/l": "-> ../c",
    "live/c/g": "2\n",
    "live/e/": "",
    "live/dang": "-> no",
}

# What find is asked after it has acted chooses nothing; a command that fails ends the way of a path.
FINDS = [
    "find live -delete -name k",
    "find live -maxdepth 1 -delete -name dang",
    r"find live -name k -exec rm {} \; -type d",
    "find live -exec rm -rf {} + -name k",
    r"find live -name k -exec true {} \; -exec rm {} \;",
    r"find live -name k -exec cp {} t/ \; -exec rm {} \;",
    r"find live -name k -exec cp {} t/ \; -delete",
    "ln -s ../../src live/e/x; find -H live/e/x -type f -delete",
    "touch live/z live/c/z; find live -empty -delete",
    "touch live/z; find live ! -empty -type f -delete",
]

# Lists of words that are read.
LISTS = [
    "echo live/c > lst; xargs -a lst rm -rf",
    "echo live/c > lst; xargs --arg-file=lst rm -rf",
    "echo live/c:live/e > lst; xargs -d: rm -rf < lst",
    r"printf 'live/c\nEND\nlive/e\n' > lst; xargs -E END rm -rf < lst",
    r"printf 'live/c live/e\nsrc\n' > lst; xargs -L 1 mv < lst",
    r"printf 'live/c live/e\nsrc\n' > lst; xargs -n 2 mv < lst",
    r"""printf "'live/c' \"live/e\"\n" > lst; xargs rm -rf < lst""",
    r"printf 'live\\ c' > lst; mv live/c 'live c'; xargs rm -rf < lst",
    r"printf '  live/c \n' > lst; xargs -I{} mv {} t < lst",
    r"printf 'live/c\0live/e\0' > lst; xargs -0 -I% rm -rf % < lst",
    r"printf 'live/c\nlive/e\n' > lst; for x in $(<lst); do rm -rf $x; done",
    "x=$(< nothing) || rm -rf live/c",
]

# Who sees which variable, and where commands run.
VARIABLES = [
    "export D=c; env -u D sh -c 'rm -rf live/$D'",
    "export D=c; env -i sh -c 'rm -rf live/$D'",
    "export D=c; sudo -E sh -c 'rm -rf live/$D'",
    "set -a; D=c; sh -c 'rm -rf live/$D'",
    "D=c; export -n D; sh -c 'rm -rf live/$D'",
    "declare -x D=c; sh -c 'rm -rf live/$D'",
    "f() { declare D=c; }; D=e; f; rm -rf live/$D",
    "f() { declare -g D=c; }; D=e; f; rm -rf live/$D",
    "f() { export D=c; }; f; sh -c 'rm -rf live/$D'",
    "echo 'export D=c' > env; source ./env; sh -c 'rm -rf live/$D'",
    "echo D=c > env; set -a; . ./env; set +a; sh -c 'rm -rf live/$D'",
    "echo D=c > env; export $(cat env); rm -rf live/$D",
    "x='D=c E=e'; export $x; rm -rf live/$D live/$E",
    "CDPATH=live; cd c; rm -f k",
    "export D=c; ssh host 'rm -rf live/$D'",
    "ssh host -t -- rm -rf live/c",
    "install -D src/c/k/f live/new/. || rm -rf live/c",
    "install -D src/c/k/f live/e/. && rm -rf live/c",
    "install -D src/c/k/f live/new/f && rm -rf live/c",
    "ln -s ../g live/e/g; mv live/c/g live; cp live/e/g live/g live/e || rm -rf live/c",
    "mv -n live/c/k/ live/dang && rm -rf live/c",
    "mv -n live/c/k/ live/new || rm -rf live/c",
    "trap 'rm -rf live/c' EXIT; trap - EXIT; rm -rf live/e",
    "return; rm -rf live/c",
    "f() { (return 1) || rm -rf live/c; return; rm -rf live/e; }; f",
    "echo 'rm -rf live/e; return; rm -rf live/c' > lib; . ./lib",
    "flock live/lock rm -rf live/c",
    "( flock -n 9 || exit 1; rm -rf live/c ) 9> live/lock",
]

# What stays open, what is read from a command, and what the options of the shell forbid.
SHELL = [
    "exec 3>> live/c/k; echo hi >&3; exec 3>&-",
    "exec {fd}>>live/c/k; echo hi >&$fd",
    "exec 3>&1 1>t/log; echo hi; echo live/c >&3",
    "exec > t/no/x; rm -rf live/c; touch t/x || rm -rf live/e",
    "{ echo x >&3; } 3>> live/c/k",
    "read x 3< live/c/g <<< live/c; rm -rf live/e",
    "echo x <> live/c/k; rm -rf live/e",
    "source <(echo 'rm -rf live/c')",
    "rm -rf $(cat <(echo live/c))",
    "set -C; echo x > live/c/k || rm -rf live/e",
    "set -o noclobber; echo x >| live/c/k; echo x >> live/c/g",
    "set -C; echo x > live/dang && rm -rf live/c || rm -rf live/e",
    "touch t/x; set -n; rm -rf live/c",
    "(set -o noexec; rm -rf live/c); rm -rf live/e",
    "bash -n -c 'rm -rf live/c'; rm -rf live/e",
    "trap 'rm -rf live/e' EXIT; touch t/x; set -n; rm -rf live/c",
    "set -e; (trap 'false' EXIT; true) || rm -rf live/c",
    "set -e; if (trap 'touch t/x; false; touch t/y' EXIT; true); then rm -rf live/c; fi",
]

# What a name means: a home after a colon, a file in PATH, an array that is declared.
NAMES = [
    'x=t:~/live/c; rm -rf "${x#*:}"',
    "x=~/t:~/u:'~'/v; echo $x > t/x",
    "export PATH=~/t:$PATH; echo $PATH > t/x",
    "echo t:~/t > t/x",
    "[[ live/c =~ ^live/(.*)$ ]] && rm -rf live/${BASH_REMATCH[1]}",
    "ssh-agent bash -c 'rm -rf live/c'",
    "mkdir bin; echo 'rm -rf live/c' > bin/go.sh; echo 'rm -rf live/e' > go.sh; PATH=bin:$PATH; . go.sh",
    "echo 'rm -rf live/c' > go.sh; source go.sh",
    'a=(live/c live/e); readonly a; rm -rf "${a[@]}"',
    'a=(live/c live/e); export a; rm -rf "${a[@]}"',
    "set -e; touch t/x; local x=$(false); rm -rf live/c",
]

# Names of one file: what is written by one of them is written to all.
_TWO = "mkdir x; cp live/c/k x/k; ln x/k x/g; rm live/c/g"
HARD_LINKS = [
    "ln live/c/k live/h; tar cf z.tar live/c/k live/h; rm live/c/k; tar xf z.tar; echo z > live/h",
    "ln live/c/k live/h; tar cf z.tar live/[ch]*; rm live/c/k live/h; tar xf z.tar live/h; echo z > live/h",
    f"{_TWO}; tar cf - x | tar xf - -C live/c --strip-components=1; rm live/c/k; echo z > live/c/g",
    f"{_TWO}; cp -a x/. live/c; mv live/c/k live/e; echo z > live/c/g",
    f"{_TWO}; cp -d x/? live/c; mv live/c/k live/e; echo z > live/c/g",
    f"{_TWO}; cp -r x/. live/c; echo z > live/c/g",
    f"{_TWO}; (cd x; zip -qr ../z.zip .); unzip -qo z.zip -d live/c; echo z > live/c/g",
]

# What is read and written at once, or cannot be read.
SAME = [
    "cat < live/c/k > live/c/k",
    "cat < live/c/k >> live/c/k || rm -rf live/e",
    "cat < live > live/c/k",
    "mkdir live/d; ln -s d/a live/a; mv live/a live/d",
    "tee < live/c/k live/c/k",
    "touch -r nothing live/c/x || rm -rf live/e",
    "touch t/x; cd - || rm -rf live/e",
    "truncate -c -s 0 live/c/k/x || rm -rf live/e",
    "ln -sr src live/s; xz -f src/c/m",
    "bzip2 live/c/k; bunzip2 live/c/k.bz2; touch t/x",
]

# What is packed and unpacked of all that there is.
ARCHIVES = [
    "(cd src; zip -qr ../z.zip c); unzip -qo z.zip 'c/*' -d live",
    "(cd src; zip -qr ../z.zip c); unzip -qo z.zip c/m -d live",
    "(cd src; zip -qr ../z.zip c); unzip -qoj z.zip -d live/c",
    "(cd src; zip -qr ../z.zip c); unzip -qo z.zip -d live -x 'c/k*' c/m",
    "(cd src; zip -qr ../z.zip c -x 'c/k/*' c/m); unzip -qo z.zip -d live",
    "(cd src; zip -qr ../z.zip . -x 'c/k/*'); unzip -qo z.zip -d live",
    "(cd src; zip -qr ../z.zip c -x c/k); unzip -qo z.zip -d live/e",
    "(cd src; zip -q ../z.zip c); unzip -qo z.zip -d live/e",
    "(cd src; zip -qj ../z.zip c/m); unzip -qo z -d live/c",
    "(cd src; zip -qrj ../z.zip c); unzip -qo z.zip -d live/e || rm -rf live/c",
    "tar cf z.tar --exclude=c -C src c; tar xf z.tar -C live/c/k live/c || rm -rf live/c",
    "tar cf z.tar --exclude=c -C src c; tar xf z.tar -C live/c/k && rm -rf live/c",
    "(cd src; tar czf ../z.tgz ./c); tar xzf z.tgz -C live/e --wildcards '*/k'",
    "(cd src; tar czf ../z.tgz c); tar xzf z.tgz -C live/e --wildcards '*f' c/m",
    "(cd src; tar czf ../z.tgz --owner root --mode 755 c); tar xzf z.tgz -C live/e --warning none",
]

# They write, or run what they read: the effect is not known, and that is said.
UNSURE = [
    "sed -i --follow-symlinks 's/1/2/' src/c/m",
    "sed -i --zorro 's/1/2/' live/c/k",
    "GLOBIGNORE=live/c; rm -rf live/*",
    "kill $$; rm -rf live/c",
    "cp -ru src/c live",
    "ln -s c/g live/ln; cp -u src/c/k/f live/ln",
    "readonly D=live/c; unset D; rm -rf ${D:-live/e}",
    "readonly D=live/c; f() { local D=live/e; rm -rf $D; }; f",
    "declare -r D=live/c; export D=live/e; rm -rf $D",
    "readonly D=live/c; D=live/e; rm -rf $D",
    "readonly D=live/c; read D < live/c/g; rm -rf $D",
    "tar cf z.tar src --exclude=src/c || rm -rf live/c",
    "{ ls nothing; true; } 2>> live/c/k",
    "exec >> live/c/k; echo hi",
    'while read -r x; do rm -rf "live/$x"; done < <(ls live)',
    "exec > >(tee live/c/k); echo hi; sleep 0.1",
    "exec 3>&1; x=$(echo live/c >&3); rm -rf live/e$x",
    "find live -name k -fprint live/c/g",
    r"find live -type f -exec grep -q old {} \; -delete",
    "find -L live -type f -delete",
    "env -S 'rm -rf live/c'",
    "export D=c; sudo sh -c 'rm -rf live/$D'",
    "D=old; export $(curl -s localhost:1/x); rm -rf live/$D",
    "declare -n r=D; D=c; rm -rf live/$r",
    "sed 's/old/new/w live/c/g' live/c/k",
    "sed -n '/old/w live/c/g' live/c/k",
    "sed s/old/ls/e live/c/k",
    """awk '{print > "live/c/g"}' live/c/k""",
    """awk '{system("rm live/c/g")}' live/c/k""",
    "awk -f live/c/k live/c/g",
    "uniq live/c/k live/c/g",
    "sort -olive/c/g live/c/k",
    "sort --output=live/c/g live/c/k",
    "gzip -r live",
    "gzip --suffix=.z live/c/k",
    "(cd src; zip -qrm ../z.zip c)",
    "/usr/bin/time -o live/c/g true",
]

# They look like those, and change nothing else.
SURE = [
    "env -C live rm -rf c",
    "sed 's/a/w b/' live/c/k; rm live/c/g",
    "sed -e '/we/d' -e '1i we' live/c/k; rm live/c/g",
    "awk -F '|' '$1 > 5 || $2 {print $2}' live/c/k; rm live/c/g",
    """awk '{print "e" > "/dev/stderr"}' live/c/k; rm live/c/g""",
    "uniq -c -f 1 live/c/k; rm live/c/g",
    "cat /dev/null > live/c/k; tee live/c/g < /dev/null",
]


TWICE = [
    "mkdir -p p q t; echo 1 > p/x; echo 2 > q/x; cp -r p/. q/. t; rm -rf p",  # all below is written
    "set -e; mkdir -p p q t; >p/x; >q/x; cp -rf p/. q/. t; rm -rf p",
    'rm -rf "" && rm -rf live/e',  # nothing is no error with -f
    "ln -s no dl; cp -n live/c/k dl || rm -rf live/e",
    "ln live/c/k h; gzip live/c/k || rm -rf live/e",
    "ln live/c/k h; bzip2 -k live/c/k || rm -rf live/e",
    "ln live/c/k h; xz -k live/c/k && rm -rf live/e",
    "ln live/c/k h; rm h; gzip live/c/k && rm -rf live/e",
    "printf 'live/no\\nlive/c/k\\n' | xargs -I{} rm {} || rm -rf live/e",
    "mkdir d; ln -s d/a a; cp -r a d",  # it leads to where it comes, and nothing is there yet
    "ln -s d a; cp -r a d",
    "mkdir p; echo 1 > p/x; zip -qj t.zip p/x p/x",
    "mkdir p d; echo 1 > p/x; tar cf t.tar p/x; rm -r p; tar xf t.tar p/x -C d",  # -C is for names behind it
    "mkdir p d; >p/x; >p/y; tar cf t.tar p; rm -r p; tar xf t.tar p/x -C d p/y",
    "mkdir p d; >p/x; tar cf t.tar p; rm -r p; tar xf t.tar --wildcards '*/x' -C d",
    "mkdir p; >f; cd p/none/.. || rm f",
    ">new; set -e; (trap 'echo ${Z:?}' EXIT); rm -rf live/e",
    "(trap 'echo ${Z:?}' EXIT) && rm -rf live/e",
    "(trap 'rm -rf live/c' exit); rm -rf live/e",
    "trap 'rm -rf live/c' EXIT nosignal || rm -rf live/e",
    "trap 'rm -rf live/c' -rf live/dang EXIT && rm -rf live/e",
    "trap 'rm -rf live/c' nosignal || rm -rf live/e",
    "trap '' Int sigterm && rm -rf live/e",
    "set -eu; (trap 'echo $Z' EXIT; true) || rm -rf live/e",
    "set -e; bash -c 'trap \"rm \\${Z:?}\" EXIT; true'; rm -rf live/e",
    "set -e; (trap 'false' EXIT; true) || true; rm -rf live/e",
    "mkdir p; >f; set -e; mv -n p f/; rm f",
]


@pytest.mark.parametrize(
    "script", [*FINDS, *TWICE, *LISTS, *VARIABLES, *NAMES, *HARD_LINKS, *SAME, *SHELL, *ARCHIVES, *SURE]
)
def test_what_a_script_does_is_told(script: str) -> None:
    assert compared(Case(script, TREE, TREE), script) == "compared"


@pytest.mark.parametrize(
    "script", ["scp -r src/. host:live/l", "scp -r host:src/. live/l", "scp -r src/. host:live/l/"]
)
def test_what_is_in_a_folder_comes_by_way_of_a_link(script: str) -> None:
    assert compared(Case(script, TREE, TREE), script) == "compared"


@pytest.mark.parametrize("script", UNSURE)
def test_what_is_not_known_of_a_script_is_said(script: str) -> None:
    assert compared(Case(script, TREE, {}), script) == "unsure"


@pytest.mark.parametrize(
    "script",
    [
        "cd t; ln -s . c; tar cf - c | tar xf - -C c",
        "cd t; mkdir c; ln -s . c/c; tar cf - c/c | tar xf - -C c/c",
        "cd t; mkdir c; ln -s . c/c; tar cf - -C ../src c/k | tar xf - -C c/c",
        "mkdir -p t/c x/c/c; ln -s . t/c/c; tar cf - -C x c | tar xf - -C t/c",
        "mkdir -p t/c x/c; echo 2 > x/c/c; ln -s . t/c/c; tar cf - -C x c/c | tar xf - -C t/c",
        "mkdir -p t/c x/c; >x/c/c; ln -s . t/c/c; (cd x; zip -q ../z.zip c/c); unzip -qo z.zip -d t/c",
    ],
)
def test_a_link_that_leads_to_its_own_name_is_replaced_and_the_way_made_anew(script: str) -> None:
    assert compared(Case(script, PACKED, {}), script) == "compared"


@pytest.mark.parametrize("in_the_way", ["echo 2 > t/c", "ln -s no t/c", "echo 2 > t/g; ln -s g t/c"])
@pytest.mark.parametrize(
    "unpack",
    [
        "(cd src; zip -qr ../z.zip c); unzip -qo z.zip -d t",
        "tar cf - -C src c | tar xf - -C t",
        "tar cf - -C src c | tar xf - -C t --keep-directory-symlink",
    ],
)
def test_what_lies_in_the_way_of_a_folder(in_the_way: str, unpack: str) -> None:
    script = f"{in_the_way}\n{unpack}"
    assert compared(Case(script, PACKED, {}), script) == "compared"
