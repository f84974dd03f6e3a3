"""What a cell of a CSV file means: missing, a number, a category. The trainer's rule, so that a row means the same."""

from collections.abc import Callable, Iterable

Value = float | str | bool | None

# What pandas, R, SQL, Excel, SAS and Weka write where a value is missing; compared in lower case.
MISSING = {
    "", "na", "n/a", "#n/a", "#na", "<na>", "n.a.", "nan", "-nan", "null", "none", "nil", "?", "-", "--", ".", "#null!",
}  # fmt: skip
BOOLEANS = {"true": True, "false": False}


def number(cell: str) -> Value:
    """A float, perhaps infinite; None for a missing one; the text itself where it is no number, for the validator to judge.

    `float` alone is too kind: it takes 1_000, and digits of other scripts.
    """
    text = cell.strip()
    if text.lower() in MISSING:
        return None
    if "_" in text or not text.isascii():
        return cell
    try:
        return float(text)
    except ValueError:
        return cell


def category_reader(known: Iterable[float | str | bool]) -> Callable[[str], Value]:
    """Reads the cells of one category column: the known category a cell stands for, else its text, None for missing.

    Text is compared first, so that a category that is called "NA" is one; then true and false, then numbers: the cells
    1 and 1.0 are the same where training held numbers.
    """
    known = list(known)
    texts = {value for value in known if isinstance(value, str)}
    booleans = {value for value in known if isinstance(value, bool)}
    has_numbers = any(isinstance(value, float) for value in known)

    def read(cell: str) -> Value:
        if cell in texts:
            return cell
        text = cell.strip()
        if text in texts:
            return text
        boolean = BOOLEANS.get(text.lower())
        if boolean is not None and boolean in booleans:
            return boolean
        value = number(text)
        if isinstance(value, float) and not has_numbers:
            return text
        return value

    return read
