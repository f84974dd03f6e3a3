"""The core: blocks of lines in, predictions and rejects out. Every line that is not blank becomes one or the other."""

from collections.abc import Callable, Iterable

from lambda_app.bulk.output import CsvWriter, JsonWriter, reject
from lambda_app.bulk.rows.csv_rows import CsvRows
from lambda_app.bulk.rows.json_rows import JsonRows
from lambda_app.bulk.rows.lines import Block
from lambda_app.bulk.rows.samples import Samples, is_blank
from lambda_app.bulk.scoring import Scorer
from lambda_app.problems import ContentError
from lambda_app.service import Tally

Write = Callable[[str], object]


class Counts(Tally):
    """What became of the lines so far. `rows` counts lines, on its own: predictions and rejects must add up to it."""

    __slots__ = ("blank", "rejects", "rows")

    def __init__(self, labels: int) -> None:
        super().__init__(0, labels)
        self.rows = self.rejects = self.blank = 0

    def as_dict(self) -> dict[str, int | list[int]]:
        """For a marker or a summary."""
        counted = {name: getattr(self, name) for name in (*self.__slots__, *Tally.__slots__)}
        return {"by_label": counted.pop("by_class"), **counted}


class Part:
    """Scores the lines of one part: of the whole file, or of a range of it."""

    def __init__(
        self, rows: CsvRows | JsonRows, scorer: Scorer, writer: CsvWriter | JsonWriter, number: int = 0
    ) -> None:
        self._rows = rows
        self._scorer = scorer
        self._writer = writer
        self._number = number
        self.counts = Counts(len(scorer.labels))

    def score(self, blocks: Iterable[Block], write: Write, write_reject: Write) -> Counts:
        """Scores every line; texts go out through `write` and `write_reject`, a block at a time."""
        for offset, lines in blocks:
            samples = Samples.of(lines, self._rows.row)
            refused, written = samples.refused, []
            results = self._scorer.score(samples.values, self._rows.named, self.counts)
            for index, kept, result in zip(samples.at, samples.kept, results, strict=True):
                if isinstance(result, list):
                    refused[index] = result
                else:
                    written.append(self._writer.line(kept, result))
            if written:
                write("".join(written))
            if refused:
                self._write_rejects(offset, lines, refused, write_reject)
            self.counts.rows += len(lines) - samples.blank
            self.counts.blank += samples.blank
            self.counts.predictions += len(written)
            self.counts.rejects += len(refused)
        return self.counts

    def _write_rejects(
        self, offset: int, lines: list[bytes], refused: dict[int, list[ContentError]], write: Write
    ) -> None:
        row = self.counts.rows
        for index, line in enumerate(lines):
            if index in refused:
                write(reject(self._number, row, offset, refused[index]))
            row += not is_blank(line)
            offset += len(line) + 1
