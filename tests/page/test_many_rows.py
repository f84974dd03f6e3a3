"""Rows pasted or dropped: CSV and JSON in, a table of answers or every problem at its place out, CSV to take home."""

import csv
import io
import json

from tests.page.models import undecided


def test_csv_in_any_order_with_decimal_commas_gaps_and_columns_of_its_own(wines):
    text = "Alcohol;stars;colour;sweet;Note\n13,5;2;red;False;mine\n12,1;1;white;true;\n;3;green;true;yours\n"
    wines.ask_rows(text)

    assert json.loads(wines.api.bodies()[-1])["instances"] == [
        {"Alcohol": 13.5, "stars": 2, "colour": "red", "sweet": False},
        {"Alcohol": 12.1, "stars": 1, "colour": "white", "sweet": True},
        {"Alcohol": None, "stars": 3, "colour": "green", "sweet": True},
    ]
    assert "3 rows answered" in wines.text("#rows-told")
    assert "not sent: Note" in wines.text("#rows-told")
    rows = wines.cells("#rows-table")
    assert [row[1] for row in rows] == ["mine", "", "yours"]
    assert "warned" in rows[2][-1]


def test_csv_without_names_is_in_the_model_s_order_and_quotes_are_understood(progression):
    progression.ask_rows('48,"26"\n50,27\n')

    assert json.loads(progression.api.bodies()[-1])["instances"] == [[48, 26], [50, 27]]


def test_json_goes_as_it_came(progression):
    for text, sent in [
        ('[{"age": 48, "body mass": 26}]', '{"instances": [{"age": 48, "body mass": 26}]}'),
        ("[48, 26.0]", '{"instances": [[48, 26.0]]}'),
        ('{"age": 48, "body mass": 26}', '{"instances": [{"age": 48, "body mass": 26}]}'),
        ('{"features": [48, 26]}', '{"features": [48, 26]}'),
    ]:
        progression.ask_rows(text)
        assert progression.api.bodies()[-1] == sent
        assert "1 row answered" in progression.text("#rows-told")


def test_undecided_rows_are_marked(shipped):
    shipped.ask_rows(json.dumps([undecided(shipped.api)]))

    assert "1 undecided" in shipped.text("#rows-told")
    assert "undecided" in shipped.cells("#rows-table")[0][-1]


def test_a_click_sorts_and_another_one_turns_it_round(progression):
    progression.ask_rows("age,body mass\n48,26\n48,32\n48,22\n")

    def order():
        return [row[0] for row in progression.cells("#rows-table")]

    progression.press("prediction", "#rows-table")
    assert order() == ["3", "1", "2"]
    progression.press("prediction", "#rows-table")
    assert order() == ["2", "1", "3"]
    assert progression.find("#rows-table th[aria-sort=descending]").text == "prediction"


def test_the_answers_are_downloaded_as_csv_with_plain_numbers(page_of, downloads):
    page = page_of("wines")
    page.command("Emulation.setLocaleOverride", locale="de-DE")
    page.open()
    page.ask_rows('alcohol,colour,sweet,stars,"of, mine"\n13.5,red,False,2,"a ""b"""\n,white,True,1,\n')
    page.press("Download the answers as CSV")
    page.until((downloads / "answers.csv").exists)
    page.until(lambda: (downloads / "answers.csv").read_text().count("\n") == 3)
    rows = [*csv.DictReader(io.StringIO((downloads / "answers.csv").read_text()))]
    (downloads / "answers.csv").unlink()

    assert rows[0]["of, mine"] == 'a "b"'
    assert rows[0]["label"] == "Barolo"
    assert 0 < float(rows[0]["probability_Barolo"]) < 1


def test_every_problem_is_shown_at_its_row_and_column(failing_page_of):
    wines = failing_page_of("wines").open()
    wines.ask_rows("alcohol,colour,sweet,stars\nx,red,False,2\n13,red,perhaps,2\n13,red,True,\n")
    rows = wines.cells("#rows-told")

    assert [row[:3] for row in rows] == [["1", "2", "alcohol"], ["2", "3", "sweet"], ["3", "4", "stars"]]
    assert all(len(row[3]) > 20 for row in rows)


def test_a_column_that_lacks_and_one_that_stands_twice_are_the_api_s_to_refuse(failing_page_of):
    progression = failing_page_of("progression").open()
    progression.ask_rows("age,age\n48,48\n")

    assert "body mass" in progression.text("#rows-told")
    assert len(progression.cells("#rows-told")) == 2


def test_broken_json_is_told_in_the_api_s_words(failing_page_of):
    progression = failing_page_of("progression").open()
    progression.ask_rows('[{"age": 48,}]')

    assert "line 1" in progression.text("#rows-told")


def test_too_many_rows_are_told_in_the_api_s_words(failing_page_of):
    progression = failing_page_of("progression").open()
    progression.ask_rows("48,26\n" * 10_001)

    assert "10000" in progression.text("#rows-told")
    assert "413" in progression.text("#rows-told")


def test_nothing_is_told_to_be_nothing(progression):
    progression.ask_rows("  ")

    assert "no rows yet" in progression.text("#rows-told")


def test_many_answers_are_drawn_in_parts(progression):
    progression.ask_rows("48,26\n" * 700)
    assert len(progression.all("#rows-table tbody tr")) == 300

    progression.press("Show more (400 left)")
    assert len(progression.all("#rows-table tbody tr")) == 600


def test_a_file_is_read(progression, tmp_path):
    (tmp_path / "rows.csv").write_text("age,body mass\n48,26\n")
    progression.unfold("#rows")
    progression.find("#file").send_keys(str(tmp_path / "rows.csv"))

    progression.until(lambda: "1 row answered" in progression.text("#rows-told"))


def test_a_dropped_file_is_read(progression):
    progression.unfold("#rows")
    drop = """
        const data = new DataTransfer();
        data.items.add(new File(["age,body mass\\n48,26\\n48,27\\n"], "rows.csv"));
        const rows = document.getElementById("rows");
        rows.dispatchEvent(new DragEvent("drop", {dataTransfer: data, cancelable: true}));
    """
    progression.script(drop)

    progression.until(lambda: "2 rows answered" in progression.text("#rows-told"))


def test_a_file_larger_than_the_api_takes_is_not_read(progression, tmp_path):
    (tmp_path / "rows.csv").write_text("48,26\n" * 900_000)
    progression.unfold("#rows")
    progression.find("#file").send_keys(str(tmp_path / "rows.csv"))

    progression.until(lambda: "larger than the API takes at once (5 MB)" in progression.text("#rows-told"))
