"""Trains Splink models on labelled data and writes what Splink makes of them: settings and predictions.

    python reference.py DATA OUT [MODEL ...]

For each model: OUT/MODEL/settings.json and OUT/MODEL/predictions.csv with the ids, the gammas, the match weight and the
match probability of every candidate pair. The models are those of Splink's own documentation; `constructs` are
untrained ones that hold the conditions which the documentation's models do not use. Runs under Splink 4 and 5.
"""

import importlib.metadata
import json
import pathlib
import sys

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FOUR = importlib.metadata.version("splink").startswith("4.")


def settings_of(comparisons, rules, link_type="dedupe_only", key="id"):
    return SettingsCreator(
        link_type=link_type,
        unique_id_column_name=key,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        max_iterations=5,
    )


def febrl(date_of_birth, edits):
    """What the documentation compares of both sets: with how many edits numbers and postcodes are alike."""
    return [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison(
            "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", **date_of_birth
        ),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", edits[0]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", edits[1]).configure(term_frequency_adjustments=True),
    ]


def fake_1000():
    settings = settings_of(
        [
            cl.NameComparison("first_name"),
            cl.JaroAtThresholds("surname", [0.9, 0.7]),
            cl.DateOfBirthComparison(
                "dob", input_is_string=True, datetime_metrics=["year", "month"], datetime_thresholds=[1, 1]
            ),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        [
            block_on("first_name", "city"),
            block_on("surname"),
            block_on("substr(email, 1, 6)"),
        ],
    )
    certain = ["l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1", "l.email = r.email"]
    return settings, certain, [block_on("first_name", "surname"), block_on("dob")]


def febrl3():
    settings = settings_of(
        febrl({}, ([2], [1])),
        [
            block_on("soc_sec_id"),
            block_on("given_name", "surname"),
            block_on("date_of_birth"),
            "l.postcode = r.postcode and l.street_number = r.street_number",
            "l.given_name = r.surname and l.surname = r.given_name",
        ],
    )
    certain = ["l.soc_sec_id = r.soc_sec_id", "l.given_name = r.given_name and l.surname = r.surname"]
    return settings, certain, [block_on("soc_sec_id"), block_on("date_of_birth")]


def febrl4():
    settings = settings_of(
        [*febrl({"invalid_dates_as_null": True}, ([1, 2], [1, 2])), cl.ExactMatch("state")],
        [
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        "link_only",
    )
    certain = ["l.given_name = r.given_name and l.surname = r.surname and l.date_of_birth = r.date_of_birth"]
    return settings, certain, [block_on("date_of_birth"), block_on("postcode")]


def historical_50k():
    settings = settings_of(
        [
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_and_surname"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        [
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
    )
    certain = ["l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob"]
    return settings, certain, [block_on("first_name", "surname"), block_on("dob")]


def constructs():
    """Conditions beyond the documentation's models; untrained, so that m and u are the defaults."""
    level = cll.CustomLevel
    digits = "try_cast(regexp_extract(%s_%s, '[0-9]+') as double)"
    distance = cll.DistanceInKMLevel("lat", "lon", 500).create_level_dict("duckdb")["sql_condition"]
    for name, start, length in (("lat", 6, 2), ("lon", 9, 2)):
        for side in "lr":
            part = f"cast(substr(\"dob_{side}\", {start}, {length}) as double)"
            distance = distance.replace(f'"{name}_{side}"', part)
    settings = settings_of(
        [
            cl.CustomComparison(
                output_column_name="names",
                comparison_levels=[
                    cll.Or(cll.NullLevel("first_name"), cll.NullLevel("surname")),
                    cll.ColumnsReversedLevel("first_name", "surname", symmetrical=True),
                    cll.And(cll.ExactMatchLevel("first_name"), cll.ExactMatchLevel("surname")),
                    cll.And(cll.JaroWinklerLevel("first_name", 0.8), cll.Not(cll.JaroLevel("surname", 0.8))),
                    level("jaccard(lower(first_name_l), lower(first_name_r)) > 0.5 and length(surname_l) between 3 and 9"),
                    level("substr(upper(surname_l), -3) = substr(upper(surname_r), -3)"),
                    level("\"first_name_l\" in ('Noah', 'Oliver') or first_name_r not in ('Mia')"),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="dob",
                comparison_levels=[
                    cll.NullLevel("dob", valid_string_pattern="^[12][0-9]{3}-"),
                    cll.DamerauLevenshteinLevel("dob", 1),
                    cll.AbsoluteDateDifferenceLevel("dob", input_is_string=True, threshold=40, metric="day"),
                    level(distance),
                    level("left(dob_l, 4) = left(dob_r, 4) and right(dob_l, 2) <> right(dob_r, 2)"),
                    level("abs(epoch(strptime(dob_l, '%Y-%m-%d')) - epoch(strptime(dob_r, '%Y-%m-%d'))) / 86400 < 1000"),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="email",
                comparison_levels=[
                    cll.NullLevel("email"),
                    cll.ExactMatchLevel("email", term_frequency_adjustments=True),
                    cll.LevenshteinLevel("email", 3).configure(
                        tf_adjustment_column="email", tf_adjustment_weight=0.5, tf_minimum_u_value=0.002
                    ),
                    level(f"abs({digits % ('email', 'l')} - {digits % ('email', 'r')}) <= 1").configure(
                        tf_adjustment_column="city", tf_adjustment_weight=0.25, disable_tf_exact_match_detection=True
                    ),
                    level("coalesce(nullif(trim(city_l), ''), 'none') || '!' = coalesce(city_r, 'none') || '!'"),
                    level("case when city_l is not null and city_l like 'L%' then city_r = 'London' else false end"),
                    cll.ElseLevel(),
                ],
            ),
        ],
        [
            "l.surname = r.surname or l.email = r.email",
            "l.first_name = r.first_name and length(l.dob) = length(r.dob) and levenshtein(l.dob, r.dob) <= 4",
            "l.city = r.city and (substr(l.dob, 1, 4) = substr(r.dob, 1, 4) or l.first_name = r.surname)",
            "l.first_name = r.surname",
        ],
    )
    return settings, [], []


def sample():
    """The bundled sample's CRM, with accents in its names: what the crate's own tests hold its mathematics against."""
    settings = settings_of(
        [
            cl.NameComparison("FirstName"),
            cl.JaroWinklerAtThresholds("LastName", [0.92, 0.7]).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("Birthdate", input_is_string=True),
            cl.EmailComparison("Email"),
            cl.LevenshteinAtThresholds("MailingStreet", [3, 8]),
            cl.ExactMatch("MailingPostalCode").configure(term_frequency_adjustments=True),
        ],
        [
            block_on("Email"),
            block_on("substr(LastName, 1, 4)", "MailingPostalCode"),
            "l.Birthdate = r.Birthdate and jaccard(l.FirstName, r.FirstName) > 0.4",
            block_on("MailingCity", "substr(FirstName, 1, 3)"),
        ],
        key="Id",
    )
    certain = ["l.Email = r.Email", "l.FirstName = r.FirstName and l.Birthdate = r.Birthdate"]
    return settings, certain, [block_on("Email"), block_on("MailingPostalCode")]


# Model: the function, the folder of the data, its files without their ending.
MODELS = {
    "fake_1000": (fake_1000, "fake_1000", ["fake_1000"]),
    "febrl3": (febrl3, "febrl3", ["febrl3"]),
    "febrl4": (febrl4, "febrl4", ["a", "b"]),
    "historical_50k": (historical_50k, "historical_50k", ["historical_50k"]),
    "constructs": (constructs, "fake_1000", ["fake_1000"]),
    "sample": (sample, pathlib.Path(__file__).resolve().parents[2] / "examples" / "data", ["crm"]),
}


def linker(folder, files, settings):
    """A linker over files, and its database. Everything is text, and blank is null, as this crate reads it."""
    connection = duckdb.connect(config={"threads": 1})
    for file in files:
        path = str(folder / file) + ".csv"
        connection.execute(f"create table raw_{file} as select * from read_csv('{path}', all_varchar = true)")
    api = DuckDBAPI(connection)
    if FOUR:
        return connection, Linker([f"raw_{file}" for file in files], settings, api, input_table_aliases=files)
    tables = [api.register(connection.table(f"raw_{file}"), dataset_display_name=file) for file in files]
    return connection, Linker(tables, settings)


def export(model, data, out):
    function, folder, files = MODELS[model]
    settings, certain, rules = function()
    _, trained = linker(data / folder, files, settings)
    if certain:
        trained.training.estimate_probability_two_random_records_match(certain, recall=0.7)
        trained.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules:
        trained.training.estimate_parameters_using_expectation_maximisation(rule)
    target = out / model
    target.mkdir(parents=True, exist_ok=True)
    text = json.dumps(trained.misc.save_model_to_json(), indent=1)
    (target / "settings.json").write_text(text)
    # What is predicted is what the file says, not what training remembers: m and u that are missing are the defaults.
    connection, again = linker(data / folder, files, json.loads(text))
    predicted = again.inference.predict()
    columns = [name for name in predicted.columns_escaped] if FOUR else [c.name for c in predicted.columns]
    names = [str(name).strip('"') for name in columns]
    wanted = [
        name
        for name in names
        if name in ("match_weight", "match_probability", "match_key")
        or name.lower() in ("id_l", "id_r")
        or name.startswith(("source_dataset_", "gamma_"))
    ]
    select = ", ".join(f'"{name}"' for name in wanted)
    path = str(target / "predictions.csv")
    connection.execute(f"copy (select {select} from {predicted.physical_name}) to '{path}' (header, delimiter ',')")


if __name__ == "__main__":
    data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for name in sys.argv[3:] or MODELS:
        export(name, data, out)
        print(name, "done", flush=True)
