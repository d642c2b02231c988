from pathlib import Path

from tests.support.forms import details, place_of
from tests.unit.forms.test_workflow import steps


def test_rsync_deployments(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - uses: Burnett01/rsync-deployments@7.0.1
          with:
            switches: -avzr --delete --exclude="node modules" --exclude='.env'
            path: dist/
            remote_path: /srv/app/
            remote_host: ${{ secrets.HOST }}
            remote_port: 2222
            remote_user: deploy
            remote_key: ${{ secrets.KEY }}
        """,
    )
    assert (
        "rsync -avzr --delete --exclude=\"node modules\" --exclude='.env' "
        '-e "ssh -o StrictHostKeyChecking=no -p 2222" "${DRIFTAUDIT_WORKSPACE}"/dist/ '
        "deploy@${DRIFTAUDIT_UNKNOWN_1}:/srv/app/" in script.text
    )
    assert not script.problems


def test_ssh_deploy(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - uses: easingthemes/ssh-deploy@main
          env:
            REMOTE_HOST: h
            REMOTE_USER: u
            ARGS: "-rlgoDzvc -i --delete"
          with:
            SOURCE: "dist/ public"
            TARGET: /srv/app
            EXCLUDE: "/logs/, /node_modules/"
            SCRIPT_BEFORE: ls
            SCRIPT_AFTER_REQUIRED: true
            SCRIPT_AFTER: |
              cd /srv/app
              rm -rf 'old'
        """,
    )
    assert "ssh -p 22 u@h ls || true\n" in script.text
    assert (
        'rsync "${DRIFTAUDIT_WORKSPACE}"/dist/ "${DRIFTAUDIT_WORKSPACE}"/public u@h:/srv/app '
        '--rsh "ssh -p 22 -o StrictHostKeyChecking=no" --recursive --exclude=/logs/ '
        "--exclude=/node_modules/ -rlgoDzvc -i --delete\n" in script.text
    )
    assert "ssh -p 22 u@h 'cd /srv/app\nrm -rf '\\''old'\\'''\n" in script.text
    assert place_of(script, "rm -rf").endswith("deploy.yml:18")


def test_ssh_deploy_goes_to_the_home_folder_by_itself(tmp_path: Path) -> None:
    script = steps(tmp_path, "- uses: easingthemes/ssh-deploy@v5\n  with: {REMOTE_HOST: h, REMOTE_USER: u}")
    assert 'rsync "${DRIFTAUDIT_WORKSPACE}"/ u@h:/home/u/ ' in script.text


def test_scp_action_packs_and_unpacks(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - uses: appleboy/scp-action@v0.1.7
          with:
            host: a.example,b.example:2222
            username: u
            source: "dist/*,!dist/*.map,my dir"
            target: ${{ secrets.DIR }}/app
            rm: true
            strip_components: 1
            overwrite: true
        """,
    )
    tar = "/tmp/driftaudit-5.tar"
    assert f"tar --exclude 'dist/*.map' -cf {tar} dist/* 'my dir') || true\n" in script.text
    assert f"scp -P 22 {tar} u@a.example:driftaudit-5.tar\n" in script.text
    folder = '"${DRIFTAUDIT_UNKNOWN_1}"/app'
    for server in ("-p 22 u@a.example", "-p 2222 u@b.example"):
        assert f"ssh {server} 'rm -rf '{folder}\nssh {server} 'mkdir -p '{folder}\n" in script.text
        unpack = "tar -xf driftaudit-5.tar --strip-components 1 --overwrite -C "
        assert f"ssh {server} '{unpack}'{folder}\n" in script.text
    assert not script.problems


def test_scp_action_removes_nothing_unless_told(tmp_path: Path) -> None:
    text = (
        "- uses: appleboy/scp-action@v1\n  with: {host: h, username: u, source: a, target: /srv, rm: false}"
    )
    assert "'rm -rf /srv'" not in steps(tmp_path, text).text


def test_scp_action_may_remove_where_nobody_knows(tmp_path: Path) -> None:
    text = "- uses: appleboy/scp-action@v1\n  with: {host: h, source: a, target: /srv, rm: '${{ inputs.x }}'}"
    assert "'rm -rf /srv'" in steps(tmp_path, text).text


def test_ssh_action_runs_its_script_there(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - uses: appleboy/ssh-action@v1.0.3
          env: {ROOT: "/srv/it's"}
          with:
            host: ${{ secrets.HOST }}
            username: u
            port: 2222
            envs: ROOT,OTHER
            script: |
              cd "$ROOT"
              rm -rf '${{ secrets.DIR }}/src'
        """,
    )
    lines = script.text.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith("ssh "))
    assert lines[start].startswith('ssh -p 2222 u@"${DRIFTAUDIT_UNKNOWN_1}" ')
    assert lines[start].endswith('; cd "$ROOT"')
    assert lines[start + 1].endswith("""rm -rf '\\'''"${DRIFTAUDIT_UNKNOWN_2}"'/src'\\'''""")
    assert script.places[start + 1].endswith("deploy.yml:14")


def test_ssh_action_may_stop_at_a_failure_or_not(tmp_path: Path) -> None:
    text = "- uses: appleboy/ssh-action@v0\n  with: {host: h, username: u, script: x, script_stop: true}"
    assert "&& set -e; x'" in steps(tmp_path, text).text


def test_ssh_action_takes_a_file_of_the_repository(tmp_path: Path) -> None:
    text = "- uses: appleboy/ssh-action@v1\n  with: {host: h, username: u, script_path: ops/deploy.sh}"
    assert 'ssh -p 22 u@h "bash -s" < "${DRIFTAUDIT_WORKSPACE}"/ops/deploy.sh' in steps(tmp_path, text).text


def test_an_action_without_what_it_needs_is_a_problem(tmp_path: Path) -> None:
    script = steps(tmp_path, "- uses: appleboy/ssh-action@v1\n- uses: appleboy/scp-action@v1")
    assert [where for where, _detail in details(script)] == ["deploy.yml:5", "deploy.yml:6"]


def test_harmless_actions_do_nothing(tmp_path: Path) -> None:
    names = (
        "actions/setup-node@v4",
        "actions/cache/save@v4",
        "webfactory/ssh-agent@v0.9",
        "actions/upload-artifact@v4",
    )
    script = steps(tmp_path, "\n".join(f"- uses: {name}" for name in names))
    assert "(" not in script.text
    assert not script.problems


def test_a_cache_may_bring_files_of_an_earlier_run(tmp_path: Path) -> None:
    text = "- uses: actions/cache@v4\n  with: {path: {}, key: k}"
    script = steps(tmp_path, text.replace("{}", '"~/.npm\\ndist"'))
    assert [(problem.may_touch, problem.detail) for problem in script.problems] == [
        (False, "it may bring back dist of an earlier run: taken for what is there already")
    ]
    assert "download-artifact" in script.text
    assert not steps(tmp_path, text.replace("{}", "~/.npm")).problems


def test_what_an_input_does_that_is_not_known_is_said(tmp_path: Path) -> None:
    connection = "host: h, username: u, use_insecure_cipher: true, timeout: 5m"
    for text in (
        "appleboy/scp-action@v1\n  with: {source: a, target: /srv, clean_target: true",
        "appleboy/ssh-action@v1\n  with: {script: x, clean_target: true",
    ):
        script = steps(tmp_path, f"- uses: {text}, {connection}}}")
        assert [problem.detail for problem in script.problems] == [
            "what its input clean_target does is not known"
        ]
        assert script.problems[0].may_touch


def test_a_checkout_of_another_revision_is_said(tmp_path: Path) -> None:
    script = steps(tmp_path, "- uses: actions/checkout@v4\n  with: {ref: main}")
    assert [(problem.may_touch, problem.detail) for problem in script.problems] == [
        (False, "it checks out main: the desired tree is taken for that")
    ]
