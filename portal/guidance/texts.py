"""The text of a task, for its page, for the search and for print."""

from django.conf import settings
from django.template.loader import render_to_string

from portal.guidance.tasks import Task


def text_of(task: Task, *, printed: bool = False) -> str:
    """HTML. `printed`: tasks are on other pages of the same document, pictures inside it."""
    return render_to_string(
        task.template,
        {
            "task": task,
            "printed": printed,
            "BOARD_NAME": settings.BOARD_NAME,
            "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        },
    )
