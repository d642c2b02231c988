"""Actions that set up tools, store, sign in or tell: they reach no deployed tree."""

from driftaudit.forms.actions.base import ActionCall
from driftaudit.forms.base import Passage

HARMLESS = (
    *("8398a7/action-slack", "actions/attest-build-provenance"),
    *("actions/cache/save", "actions/setup-dotnet", "actions/setup-go", "actions/setup-java"),
    *("actions/setup-node", "actions/setup-python", "actions/upload-artifact"),
    *("actions/upload-pages-artifact", "astral-sh/setup-uv", "aws-actions/amazon-ecr-login"),
    *("aws-actions/configure-aws-credentials", "codecov/codecov-action"),
    *("denoland/setup-deno", "docker/build-push-action", "docker/login-action", "docker/metadata-action"),
    *("docker/setup-buildx-action", "docker/setup-qemu-action", "dorny/paths-filter"),
    *("google-github-actions/auth", "google-github-actions/setup-gcloud", "gradle/actions/setup-gradle"),
    *("hashicorp/setup-terraform", "oven-sh/setup-bun", "peaceiris/actions-hugo", "pnpm/action-setup"),
    *("rtcamp/action-slack-notify", "ruby/setup-ruby", "shimataro/ssh-key-action", "shivammathur/setup-php"),
    *("slackapi/slack-github-action", "subosito/flutter-action", "webfactory/ssh-agent"),
)
"""Their names in small letters."""


def no_effect(call: ActionCall) -> Passage | None:  # noqa: ARG001 # whatever its inputs are
    """Return nothing."""
    return None
