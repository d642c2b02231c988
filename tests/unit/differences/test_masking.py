"""Lines with secrets in them."""

import time

import pytest

from driftaudit.differences.masking import masked
from driftaudit.model.difference import HIDDEN

SECRET = "hunter2XYZ"

LINES = r"""
password: '§'
  "token": "§",
export API_KEY=§
const secret = "§"
DATABASE_URL=postgres://bob:§@h/db
url = redis://:§@h
dbPassword = §
AWS_SECRET_ACCESS_KEY: §
<password>§</password>
<add key="DbPassword" value="§"/>
define('DB_PASSWORD', '§');
os.environ.get("DB_PASSWORD", "§")
getenv('DB_PASSWORD') ?: '§'
process.env.DB_PASSWORD || '§'
"${DB_PASSWORD:-§}"
mysql --password § -u x
mysql --password=§
curl -H "Authorization: Bearer §"
machine x login y password §
password §
setPassword("§")
$config['db']['password'] = '§';
config["password"]="§"
API key: §
{"name": "DB_PASSWORD", "value": "§"}
- {name: DB_PASSWORD, value: §}
//packages.example.net/:_authToken=§
the password is §
IDENTIFIED BY '§'
"key": "-----BEGIN PRIVATE KEY-----\n§\n-----END PRIVATE KEY-----"
user: root, password: §
if (password === "§") {
password => §
'password' => env('X', '§'),
let password: string = "§"
SetEnv DB_PASSWORD §
ALTER USER x PASSWORD '§'
ENV DB_PASSWORD §
password	§
:password: §
password=`§`
args: ["--password", "§"]
auth = ("u", "§")
basic_auth("u", "§")
user:§@tcp(db:3306)/x
https://§1234567890123456@github.com/x
curl -u root:§ https://x
$db = new PDO('mysql:host=h', 'root', '§');
mysqli_connect('localhost', 'root', '§', 'db');
db = pymysql.connect("h", "me", "§")
smtp.login('me', '§')
requests.get(url, auth=('me', '§'))
mysql -u root -p§ x
docker login -u me -p § registry
INSERT INTO users (name, password) VALUES ('bob', '§');
INSERT INTO users (password, name) values ('§', 'bob');
fastcgi_param DB_PASSWORD §;
"config": "{\"password\": \"§\"}"
"config": "a: 1\nauth: §"
variable "db_password" { default = "§" }
""".strip().split("\n")

BLOCKS = [
    ("a.xml", "<password>\n§\n</password>\n<b>\nx"),
    ("a.json", '  "password":\n"§",\n"b": 1'),
    ("a.tf", 'variable "db_password" {\n  default = "§"\n}\nb = 1'),
    ("a.csv", "name,password\nbob,§\nann,§"),
    ("a.sql", "INSERT INTO users (name, password) VALUES\n('bob', '§'),\n('ann', '§');\nb"),
    ("a.yml", "users:\n  - bob:$2y$05$§/§.§\nb: 1"),
    ("x.yml", "a:\n  password: |\n    §\n    §\n  b: 1"),
    ("x.yml", "passwords:\n- §\n- §\nb: 1"),
    ("x.yml", "- name: DB_PASSWORD\n  value: §\n- name: X\n  value: 1"),
    ("x.yml", "password:\n  §\nb: 1"),
    ("x.yml", "password: a\n  §\nb: 1"),
    ("x.yml", "credentials:\n  user: §\n  x:\n    - §\nb: 1"),
    ("x.yml", '- name: "DB_TOKEN"\n  valueFrom:\n    x: 1\n  value: "§"'),
    ("x.json", '{"credentials": {\n"a": "§",\n"b": ["§"]\n},\n"c": 1}'),
    ("x.json", '"tokens": [\n"§"\n],\n"c": 1'),
    ("x.json", '{"value": "§",\n"name": "PASSWORD"}'),
    ("x.json", '"args": [\n"--password",\n"§",\n"b"'),
    ("x.ini", "[credentials]\na = §\n b\n[other]\na = 1"),
    ("x.ini", "password = a\n  §\nb=1"),
    ("x.toml", 'tokens = [\n"§",\n]\nb = 1'),
    ("x.toml", '[a.credentials.b]\nx="§"\n[c]\nb=1'),
    ("x.js", "const password =\n  '§'\nb=1"),
    ("x.js", "const password =\n'§'\nb=1"),
    ("x.js", "const p = {password:\n  '§', x: 1}\nb"),
    ("x.js", "const password = 'a' +\n '§'\nb=1"),
    ("x.js", "apiKey: [\n'§'\n]\nb"),
    ("x.py", "PASSWORD = (\n    '§'\n)\nb=1"),
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("path", ["a.conf", "a.js"])
def test_the_value_is_hidden_and_its_name_is_not(line: str, path: str) -> None:
    (shown,) = masked([line.replace("§", SECRET)], path)
    assert SECRET not in shown
    assert HIDDEN in shown
    assert shown[:3] == line[:3] or line.startswith("user:")


@pytest.mark.parametrize(("path", "text"), BLOCKS)
def test_a_value_of_several_lines_is_hidden(path: str, text: str) -> None:
    lines = text.replace("§", SECRET).split("\n")
    shown = masked(lines, path)
    assert len(shown) == len(lines)
    assert SECRET not in "\n".join(shown)
    if lines[-1] in ("b=1", "b: 1", "b = 1", "b"):
        assert shown[-1] == lines[-1]


@pytest.mark.parametrize(
    "text",
    [
        "const author = 'x';",
        "import { tokenize } from './lexer.js';",
        "authenticate(user, password);",
        "port: 3000",
        "https://example.net/a@b",
        "primary_key: id",
        "-----BEGIN CERTIFICATE-----",
        "ssh://ubuntu@example.net/srv",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked([text], "a.js") == [text]


def test_the_body_of_a_function_is_shown() -> None:
    lines = ["call((token) => {", "  keep(this);", "});", "if (password === other) {", "  keep(that);", "}"]
    assert [line for line in masked(lines, "a.js") if "keep" in line] == [lines[1], lines[4]]


HOSTILE = {
    "blanks": "token" + " " * 300_000,
    "dots": "a." * 150_000,
    "quotes": 'token "' + '\\"' * 150_000,
    "urls": "http://a:" * 30_000,
    "armour": "-----END" + "-----BEGIN PRIVATE KEY" * 15_000,
    "header": "[" + " " * 300_000,
    "labels": "name " * 60_000,
    "below": "token:\n" + " a\n" * 100_000,
    "open": "token: [\n" * 30_000,
    "web-tokens": "eyJ-" * 50_000,
    "options": " -u a" * 60_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_lines_take_no_endless_time(text: str) -> None:
    started = time.perf_counter()
    masked(text.split("\n"), "a")
    assert time.perf_counter() - started < 20
