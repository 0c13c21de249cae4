"""Configuration, progress, Ctrl-C, reasons, models and single stages."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import types
from datetime import date
from pathlib import Path

import polars
import pytest

import quilate as ql
from quilate import _html, _progress


@pytest.fixture(scope="module")
def result(frames: dict[str, polars.DataFrame]) -> ql.Result:
    return ql.consolidate(dict(frames))


def test_configuration_in_every_form(frames: dict[str, polars.DataFrame], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('as_of = "2026-01-31"\nignore = ["Tags"]\n', encoding="utf-8")
    shop = {"shop": frames["shop"]}
    forms: list[ql.ConfigLike] = [path, path.read_text(), json.dumps({"as_of": "2026-01-31", "ignore": ["Tags"]})]
    forms += [{"as_of": "2026-01-31", "ignore": ["Tags"]}, ql.Config(path)]
    results = [ql.consolidate(shop, config=form).golden.to_polars() for form in forms]
    # A mapping may hold dates.
    results.append(ql.consolidate(shop, config={"as_of": date(2026, 1, 31), "ignore": ["Tags"]}).golden.to_polars())
    assert all(golden.equals(results[0]) for golden in results)
    assert "Tags" in results[0].columns
    detected = ql.detect(shop)
    assert detected.to_dict()["sources"]["shop"]["columns"]["Customer ID"] == "record_id"
    assert 'region = "ES"' in detected.to_toml()
    assert ql.consolidate(shop, config=detected).golden.to_polars().height == results[0].height


def test_errors_name_the_place() -> None:
    with pytest.raises(ql.ConfigError, match="between 0 and 1") as caught:
        ql.Config({"threshold": 2})
    assert (caught.value.code, caught.value.source) == (3, "threshold")
    with pytest.raises(ql.ConfigError) as caught:
        ql.Config("threshold = 0.5\ntreshold = 0.6\n")
    assert caught.value.line == 2
    with pytest.raises(ql.ConfigError, match="no source has this column") as caught:
        ql.consolidate(polars.DataFrame({"name": ["Ana"]}), config={"id": "nobody"})
    assert (caught.value.code, caught.value.field) == (4, "nobody")


def test_progress_rises(frames: dict[str, polars.DataFrame]) -> None:
    seen: list[tuple[str, float]] = []
    ql.consolidate(dict(frames), progress=lambda stage, fraction: seen.append((stage, fraction)))
    shares = [fraction for _, fraction in seen]
    assert shares == sorted(shares) and all(0 <= fraction <= 1 for fraction in shares)
    assert {stage for stage, _ in seen} <= {"detect", "normalize", "match", "merge"}


@pytest.mark.skipif(os.name != "posix", reason="terminals are those of Unix")
def test_a_bar_in_a_terminal(paths: dict[str, Path]) -> None:
    import pty

    master, slave = pty.openpty()
    script = f"import quilate; quilate.consolidate([{str(paths['crm'])!r}] + [{str(paths['shop'])!r}])"
    with subprocess.Popen([sys.executable, "-c", script], stderr=slave, stdout=subprocess.DEVNULL) as run:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:  # Linux says so when the other side is gone.
                break
            shown += part
            if not part:
                break
    os.close(master)
    assert run.returncode == 0
    if shown:  # A fast machine is done before the first tick.
        assert "━".encode() in shown or "╌".encode() in shown
        assert shown.endswith(b"\r\x1b[K"), "the bar goes when the run does"


def test_a_bar_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    update = types.SimpleNamespace(update=shown.append)
    shell = type("ZMQInteractiveShell", (), {})()
    display = types.SimpleNamespace(HTML=str, display=lambda html, display_id: update)
    ipython = types.SimpleNamespace(get_ipython=lambda: shell, display=display)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    show, close = _progress.shower(None)
    show("match", 0.25)
    close()
    assert shown == ["<progress value='0.250' style='width:20em'></progress> match 25 %", ""]


def test_what_the_progress_raises_stops_the_run(paths: dict[str, Path]) -> None:
    def stop(stage: str, fraction: float) -> None:
        raise LookupError(stage)

    data = polars.concat([polars.read_csv(paths["crm"], infer_schema=False)] * 30).drop("Id")
    with pytest.raises(LookupError, match=r"detect|normalize|match"):
        ql.consolidate(data, progress=stop)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on Unix")
def test_ctrl_c_stops_the_run(paths: dict[str, Path]) -> None:
    # A process that a shell starts in the background is born deaf to it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    data = polars.concat([polars.read_csv(paths["crm"], infer_schema=False)] * 60).drop("Id")
    timer = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(1000):
            ql.consolidate(data)
    timer.join()
    signal.signal(signal.SIGINT, before)


def test_reasons(result: ql.Result) -> None:
    pair = result.pairs.to_polars().row(0, named=True)
    explained = result.explain((pair["source_l"], pair["id_l"]), (pair["source_r"], pair["id_r"]))
    assert explained.weight == pytest.approx(pair["match_weight"], abs=1e-9)
    parts = explained.prior + explained.household + sum(row["weight"] for row in explained.comparisons)
    assert parts == pytest.approx(explained.weight, abs=1e-6)
    assert "bits in all" in str(explained) and "all in" in explained._repr_html_()
    with pytest.raises(ql.ConfigError, match="no such record"):
        result.explain(("crm", "nobody"), ("shop", "nobody"))


def test_reasons_are_drawn_as_a_waterfall() -> None:
    def row(name: str, left: str, right: str, weight: float) -> dict[str, object]:
        level = "exact" if weight else "missing"
        return {"name": name, "left": left, "right": right, "level": level, "weight": weight}

    rows = [row("name", "<i>Ana</i>", "Ana", 12.0), row("email", "", "a@x.es", 0.0), row("city", "Vigo", "Lugo", -3.0)]
    rows.append(row("company", "", "", 0.0))
    values = {"prior": -10.0, "household": -1.0, "weight": -2.0, "probability": 0.2, "same_entity": False}
    html = ql.Explanation({**values, "comparisons": rows, "text": ""})._repr_html_()
    assert "Two customers" in html and "&lt;i&gt;Ana" in html and "<i>" not in html and "company" not in html
    # The scale reaches from -10 to 2 bits; the e-mail, which says nothing, has no bar.
    bars = re.findall(r"left:([\d.]+)%;width:max\(([\d.]+)%,2px\);.*?background:(#\w+)", html)
    scale = [(-10, 10, _html.PLAIN), (-10, 12, _html.FOR), (-1, 3, _html.AGAINST)]
    scale += [(-2, 1, _html.AGAINST), (-2, 2, _html.SUM)]
    assert bars == [(f"{100 * (low + 10) / 12:.2f}", f"{100 * width / 12:.2f}", colour) for low, width, colour in scale]


def test_results_are_shown(result: ql.Result) -> None:
    report = result.report
    assert repr(result) == f"<quilate.Result: {report['records']} records are {report['entities']} customers>"
    shown = result._repr_html_()
    assert f"{report['records']:,} records are {report['entities']:,} customers" in shown
    assert shown.count("<tr") == 1 + len(report["sources"]) + 1 + 10, "the sources, and the first ten customers"
    assert sum(result.issues.to_polars()["count"]) > 0


def test_customers_keep_their_numbers(frames: dict[str, polars.DataFrame], tmp_path: Path) -> None:
    state, shop = tmp_path / "state", frames["shop"]
    first = ql.consolidate({"shop": shop}, state=state)
    assert set(first.events.to_polars()["event"]) == {"created"}
    assert (state / "registry.csv").exists()
    second = ql.consolidate({"shop": shop[:100]}, state=str(state))
    assert set(second.events.to_polars()["event"]) <= {"retired", "moved", "split_from"}
    keys = ["source", "source_id"]
    both = first.xref.to_polars().join(second.xref.to_polars(), on=keys)
    assert both.height == 100
    assert (both["entity_id"] == both["entity_id_right"]).mean() > 0.9
    assert first.relations.columns[:3] == ["from_entity", "to_entity", "relation"]
    assert first.relations.to_polars().height > 0
    assert "reason" in first.review.columns
    with pytest.raises(ql.DataError, match=r"registry\.csv"):
        (state / "registry.csv").write_text("nonsense")
        ql.consolidate({"shop": shop}, state=state)


def sides(pairs: polars.DataFrame, frames: dict[str, polars.DataFrame], left: str, right: str) -> polars.DataFrame:
    """The records of pairs side by side."""
    keys = {"crm": "Id", "shop": "Customer ID"}
    chosen = pairs.filter((polars.col("source_l") == left) & (polars.col("source_r") == right))
    for side, source in (("l", left), ("r", right)):
        frame = frames[source].with_columns(polars.col(keys[source]).str.strip_chars_start("'").alias("key"))
        frame = frame.unique("key", keep="none")
        frame = frame.rename({name: f"{name}_{side}" for name in frame.columns if name != "key"})
        chosen = chosen.join(frame, left_on=f"id_{side}", right_on="key", how="inner", maintain_order="left")
    return chosen


def test_a_pair_weighs_the_same_wherever_it_is_scored(result: ql.Result, frames: dict[str, polars.DataFrame]) -> None:
    pairs = sides(result.pairs.to_polars(), frames, "crm", "shop")
    assert pairs.height > 50
    known = pairs["match_weight"].to_list()
    records = pairs.drop("id_l", "id_r")
    scored = ql.score(result.model, records, left="crm", right="shop").to_polars()
    assert scored["match_weight"].to_list() == pytest.approx(known, abs=1e-6)
    # In parts, lazily, and by a model that was a file in between.
    parts = [ql.score(result.model, records[at : at + 7], left="crm", right="shop") for at in range(0, 21, 7)]
    assert [row for part in parts for row in part.to_polars()["match_weight"]] == pytest.approx(known[:21], abs=1e-6)
    stream = ql.score(result.model, records, left="crm", right="shop", stream=True)
    assert stream.to_polars().equals(scored)
    with pytest.raises(RuntimeError, match="read before"):
        stream.to_polars()
    copy = ql.Model.from_json(result.model.to_json())
    average = ql.score(copy, records, left="crm", right="shop").to_polars()
    assert average["match_weight"].to_list() != known
    one_by_one = [ql.score(copy, records[at : at + 1], left="crm", right="shop") for at in range(5)]
    alone = [part.to_polars()["match_weight"][0] for part in one_by_one]
    assert alone == pytest.approx(average["match_weight"].to_list()[:5], abs=1e-9)
    with pytest.raises(ql.ConfigError, match="crm, shop"):
        ql.score(result.model, records)


def test_a_model_scores_later_runs(frames: dict[str, polars.DataFrame]) -> None:
    shop = {"shop": frames["shop"]}
    model = ql.train(shop)
    assert model.config.to_dict()["model"]["version"] >= 1
    later = ql.consolidate(shop, config=ql.Model.from_json(model.to_json()))
    assert later.report["entities"] == pytest.approx(ql.consolidate(shop).report["entities"], rel=0.02)
    with pytest.raises(ql.ConfigError, match="no model"):
        ql.Model.from_json("{}")


def test_labelled_pairs_train(result: ql.Result, frames: dict[str, polars.DataFrame]) -> None:
    xref = result.xref.to_polars()
    left, right = (xref.filter(polars.col("source") == name)["source_id"].head(300) for name in ("crm", "shop"))
    far = polars.DataFrame({"source_l": "crm", "id_l": left, "source_r": "shop", "id_r": right.reverse()})

    def trained(labels: polars.DataFrame | None) -> str:
        return ql.train(dict(frames), labels=labels).to_json()

    # Which way they move it is asked of the library itself.
    one, two = far.with_columns(label=polars.lit(1)), far.with_columns(label=polars.lit(False))
    assert len({trained(None), trained(one), trained(two)}) == 3
    assert trained(one) == trained(one.reverse())
    twice = polars.concat([far.with_columns(label=polars.lit(1)), far.with_columns(label=polars.lit(0))])
    counted = ql.consolidate(dict(frames), labels=twice).issues.to_polars()
    assert counted.filter(polars.col("code") == "contradictory_label")["count"].to_list() == [far.height]
    with pytest.raises(ql.ConfigError, match="no such column"):
        ql.train(dict(frames), labels=far)


def test_stages_of_an_engine(result: ql.Result, frames: dict[str, polars.DataFrame]) -> None:
    shop, config = frames["shop"], ql.detect({"shop": frames["shop"]})
    keys = ql.block_keys(shop, config=config, source="shop").to_polars()
    assert keys.n_unique() == keys.height
    halves = [shop[: shop.height // 2], shop[shop.height // 2 :]]
    parts = [ql.block_keys(half, config=config, source="shop").to_polars() for half in halves]
    shifted = [parts[0], parts[1].with_columns(polars.col("row") + halves[0].height)]
    assert polars.concat(shifted).sort("row", "key").equals(keys.sort("row", "key"))
    pairs = result.pairs.to_polars()
    clusters = ql.cluster(pairs, threshold=5.0).to_polars()
    assert clusters.equals(ql.cluster(pairs.reverse(), threshold=5.0).to_polars())
    strong = pairs.filter(polars.col("match_weight") >= 5.0)
    of = dict(zip(clusters["source"] + ":" + clusters["source_id"], clusters["cluster"]))
    for left, a, right, b in strong.select("source_l", "id_l", "source_r", "id_r").iter_rows():
        assert of[f"{left}:{a}"] == of[f"{right}:{b}"]
    grouped = shop.with_columns(polars.lit("everybody").alias("group"))
    merged = ql.merge({"shop": grouped}, "group")
    assert merged.golden.to_polars()["members"].to_list() == [shop.height]
    with pytest.raises(ql.ConfigError) as caught:
        ql.merge({"shop": shop}, "group")
    assert caught.value.field == "group"


def test_normalised_columns() -> None:
    phones = polars.Series("phone", ["617 34 59 08", None, "+34 617345908", "n/a"])
    table = ql.normalize.phone(phones, region="ES").to_polars()
    assert table["canonical"].to_list() == ["+34617345908", None, "+34617345908", None]
    assert table["original"].to_list() == ["617 34 59 08", None, "+34 617345908", "n/a"]
    assert json.loads(table["parts"][0])["country"] == "ES"
    functions = [ql.normalize.email, ql.normalize.full_name, ql.normalize.given_name, ql.normalize.surname]
    functions += [ql.normalize.company, ql.normalize.street, ql.normalize.address, ql.normalize.date]
    functions += [ql.normalize.identifier]
    for function in functions:
        assert len(function(phones)) == 4
    with pytest.raises(ql.ConfigError, match="fone"):
        ql.normalize.column(phones, "fone")
    with pytest.raises(ql.ConfigError, match="no kind"):
        ql.normalize.column(phones, "record_id")


LEAK_CHECK = """
import os, polars, quilate as ql

frame = polars.DataFrame({"name": ["Ana Ruiz Gil", "Ana Ruiz", "Pau Vila"], "email": ["a@x.es", "a@x.es", None]})

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def once():
    result = ql.consolidate({"a": frame}, threads=1)
    assert sum(result.golden.to_pyarrow()["members"].to_pylist()) == 3
    assert result.explain(("a", "1"), ("a", "2")).comparisons
    try:
        result.explain(("a", "1"), ("a", "9"))
    except ql.ConfigError:
        return
    raise AssertionError("there is no such record")

for _ in range(200):
    once()
before = resident()
for _ in range(1000):
    once()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_nothing_leaks_over_a_thousand_runs() -> None:
    # In a process of its own: where other tests ran before, the heap is full of holes of theirs, and how they are
    # filled moves the figure by megabytes either way.
    run = subprocess.run([sys.executable, "-c", LEAK_CHECK], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 4_000_000


def test_the_script_runs() -> None:
    script = Path(__file__).resolve().parents[1] / "examples" / "sample.py"
    run = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True)
    assert "records are" in run.stdout and "bits in all" in run.stdout


def test_a_process_may_fork_between_runs(tmp_path: Path) -> None:
    script = (
        "import os, sys, polars, quilate as ql\n"
        "frame = polars.DataFrame({'name': ['Ana Ruiz', 'Ana Ruiz']})\n"
        "capsules = [ql.consolidate(frame).golden for _ in range(2)]\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    len(ql.normalize.column(ql.merge(frame, 'name').golden, 'email'))\n"
        "    os._exit(0)\n"
        "sys.exit(os.waitpid(child, 0)[1])\n"
    )
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    environment = {**os.environ, "POLARS_ALLOW_FORKING_THREAD": "1", "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120, env=environment, cwd=tmp_path)
