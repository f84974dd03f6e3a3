"""What the template promises, each promise a function that raises AssertionError where it is broken.

test_template.py holds them against the template, test_mutations.py against templates with one property taken away.
"""

from tests.deployment.promises import access, delivery, monitoring, permissions

# A promise is known by its one argument, the stacks.
PROMISES = [
    value
    for room in (access, permissions, monitoring, delivery)
    for value in vars(room).values()
    if callable(value) and list(getattr(value, "__annotations__", {})) == ["stacks", "return"]
]
