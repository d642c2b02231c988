"""`driftaudit completion`: what a shell loads to complete commands, options and targets."""

import click

from driftaudit.cli.main import cli

_SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_DRIFTAUDIT_COMPLETE"
_HELP = """\b
bash: echo 'eval "$(driftaudit completion bash)"' >> ~/.bashrc
zsh:  echo 'eval "$(driftaudit completion zsh)"' >> ~/.zshrc (after compinit)
fish: driftaudit completion fish > ~/.config/fish/completions/driftaudit.fish"""


@click.command("completion", epilog=_HELP)
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> int:
    """Print what SHELL loads to complete commands, options, formats, packs, and targets of driftaudit.yml.

    bash must be 4.4 or newer; the one that macOS ships is not.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:  # click knows all three
        raise click.UsageError(f"{shell} is not known")
    click.echo(found(cli, {}, "driftaudit", _VARIABLE).source())
    return 0
