//! What a configuration may say, and the exact words when it says something else.
#![cfg(feature = "toml")]

use quilate::pipeline::{LinkType, SourceConfig};
use quilate::{Config, ErrorKind, Source, Table, consolidate};

/// Two touchpoints that every name in these tests can be looked up in.
fn table() -> Table {
    let column = |values: [&str; 2]| values.into_iter().map(Some).collect();
    let names = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect();
    let crm = [["1", "2"], ["Ana Ruiz", "Pau Vila"], ["ana@ruiz.es", "pau@vila.cat"]].map(column).to_vec();
    let shop = [["7", "8"], ["ana@ruiz.es", "eva@sanz.es"], ["gold", "none"]].map(column).to_vec();
    Table::new(vec![
        Source::new("crm", names(&["id", "name", "email"]), crm, Vec::new()).unwrap(),
        Source::new("shop", names(&["number", "mail", "tier"]), shop, Vec::new()).unwrap(),
    ])
    .unwrap()
}

/// The message of the error that a configuration ends in, whether by itself or against the table.
fn refused(toml: &str) -> (ErrorKind, String) {
    let error = match Config::from_toml(toml) {
        Err(error) => error,
        Ok(config) => match consolidate(table(), &config) {
            Err(error) => error,
            Ok(_) => panic!("accepted: {toml}"),
        },
    };
    (error.kind(), error.to_string())
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_its_cure() {
    const COLUMNS: &str = "the columns are email, id, mail, name, number, tier";
    for (toml, kind, message) in [
        (
            "threshold = 0.0",
            ErrorKind::Config,
            "threshold: 0 is no probability; use a number between 0 and 1",
        ),
        (
            "threshold = 1.0",
            ErrorKind::Config,
            "threshold: 1 is no probability; use a number between 0 and 1",
        ),
        (
            "threshold = -0.5",
            ErrorKind::Config,
            "threshold: -0.5 is no probability; use a number between 0 and 1",
        ),
        (
            "threshold = nan",
            ErrorKind::Config,
            "threshold: NaN is no probability; use a number between 0 and 1",
        ),
        (
            "as_of = \"31/01/2026\"",
            ErrorKind::Config,
            "as_of: \"31/01/2026\" is no date; write it as 2026-01-31",
        ),
        (
            "as_of = \"2026-02-29\"",
            ErrorKind::Config,
            "as_of: \"2026-02-29\" is no date; write it as 2026-01-31",
        ),
        (
            "[sources.crm]\nregion = \"es\"",
            ErrorKind::Config,
            "sources.crm.region: \"es\" is no country code; use two capital letters as in ES",
        ),
        (
            "[sources.crm]\nregion = \"Spain\"",
            ErrorKind::Config,
            "sources.crm.region: \"Spain\" is no country code; use two capital letters as in ES",
        ),
        (
            "[block]\nrules = [\"email\", \"sound(surname)\"]",
            ErrorKind::Config,
            "block.rules[1]: unknown function \"sound\"; use one of prefix, suffix, substr, first, last, sorted, tokens, \
             phonetic, soundex, cologne, nickname, qgrams, year, month_day, or an attribute alone",
        ),
        (
            "[block]\nrules = [\"shoe_size\"]",
            ErrorKind::UnknownField,
            "shoe_size column \"shoe_size\": no attribute of this name; the attributes are given_name, surname, email",
        ),
        (
            "[block]\nmethod = \"rules\"",
            ErrorKind::Config,
            "block.rules: the method asks for rules; write some, as \"email\"",
        ),
        (
            "[cluster]\nmax_size = 1",
            ErrorKind::Config,
            "cluster.max_size: 1 would split every customer; use 2 or more",
        ),
        ("[sources.till]", ErrorKind::Config, "sources.till: no such source; the sources are crm, shop"),
        (
            "[sources.crm.columns]\nmail = \"email\"",
            ErrorKind::UnknownField,
            "sources.crm.columns column \"mail\": the source has no such column; its columns are id, name, email",
        ),
        ("id = \"nif\"", ErrorKind::UnknownField, "column \"nif\": no source has this column; "),
        (
            "source_column = \"origin\"",
            ErrorKind::UnknownField,
            "column \"origin\": no source has this column; ",
        ),
        (
            "ignore = [\"tier\", \"level\"]",
            ErrorKind::UnknownField,
            "column \"level\": no source has this column; ",
        ),
        ("[merge]\nsource_priority = [\"crm\", \"till\"]", ErrorKind::Config, "merge.source_priority[1]: "),
        ("[merge.fields.shoe_size]\nweight = 3", ErrorKind::Config, "merge.fields.shoe_size: "),
        ("[merge.fields.email]\nrules = [\"best\"]", ErrorKind::Config, "merge.fields.email.rules[0]: "),
    ] {
        let (found_kind, found) = refused(toml);
        assert_eq!(found_kind, kind, "{toml}: {found}");
        match message.strip_suffix("column; ") {
            Some(_) => assert_eq!(found, format!("{message}{COLUMNS}"), "{toml}"),
            None if message.ends_with(": ") => assert!(found.starts_with(message), "{toml}: {found}"),
            None => assert_eq!(found, message, "{toml}"),
        }
    }
}

#[test]
fn unknown_keys_and_wrong_types_are_said_with_their_line() {
    for (toml, line, words) in [
        ("treshold = 0.9", 1, "unknown field `treshold`, expected one of `link_type`, `threshold`, "),
        ("seed = 1\n\n[sources.crm]\nregon = \"ES\"", 4, "unknown field `regon`, expected one of `region`, "),
        ("[merge]\nrule = []", 2, "unknown field `rule`, expected one of `rules`, "),
        ("seed = \"one\"", 1, "invalid type: string \"one\", expected u64"),
        ("seed = -1", 1, "invalid value: integer `-1`, expected u64"),
        ("seed = 1\nlink_type = \"link\"", 2, "unknown variant `link`, expected one of `link_and_dedupe`, "),
        ("seed = 1\nseed = 2", 2, "duplicate key"),
        ("seed = ", 1, ""),
    ] {
        let error = Config::from_toml(toml).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.location().line, Some(line), "{error}");
        let text = error.to_string();
        assert!(text.starts_with(&format!("configuration:{line}: {words}")), "{toml}: {text}");
        assert!(!text.contains('\n'), "{text}");
    }
}

#[test]
fn roles_are_known_by_name() {
    let error = Config::from_toml("[sources.crm.columns]\nname = \"fullname\"").unwrap_err();
    let text = error.to_string();
    let start = "sources.crm.columns.name: unknown column role \"fullname\"; use one of record_id, source_name, \
                 updated_at, created_at, published_at, merged_into, carry, skip, verified:email (whether an attribute \
                 is checked), name_prefix, full_name, ";
    assert!(text.starts_with(start), "{text}");
    for wrong in [
        "street:0",
        "street:",
        "street:x",
        "street:257",
        "Email",
        "",
        " email",
        "record id",
        "verified",
        "verified:",
        "verified:carry",
    ] {
        let text = format!("[sources.crm.columns]\nname = \"{wrong}\"");
        assert_eq!(
            Config::from_toml(&text).map_err(|error| error.kind()),
            Err(ErrorKind::Config),
            "{wrong:?}"
        );
    }
    for right in [
        "street:2",
        "email:255",
        "record_id",
        "carry",
        "skip",
        "birth_date",
        "verified:email",
        "verified:phone:2",
        "published_at",
    ] {
        let text = format!("[sources.crm.columns]\nname = \"{right}\"");
        assert!(Config::from_toml(&text).is_ok(), "{right:?}");
    }
}

fn full() -> Config {
    let mut config = Config {
        link_type: LinkType::LinkOnly,
        threshold: Some(0.1 + 0.2),
        seed: 1 << 40,
        as_of: Some("2026-01-31".to_owned()),
        id: Some("Código \"propio\"".to_owned()),
        source_column: Some("origin".to_owned()),
        ignore: vec!["a.b".to_owned(), "line\nbreak".to_owned(), String::new()],
        drop_ignored: true,
        ..Config::default()
    };
    config.merge.source_priority = vec!["crm".to_owned()];
    config.merge.rules = Some(Vec::new());
    config.sources.insert(
        "shop 2.csv".to_owned(),
        SourceConfig {
            region: Some("MX".to_owned()),
            locale: Some("es-MX".to_owned()),
            day_first: Some(false),
            cleared: vec!["<borrado>".to_owned(), String::new()],
            columns: [("Teléfono [1]", "phone"), ("#", "record_id"), ("calle", "street:2")]
                .map(|(column, role)| (column.to_owned(), role.to_owned()))
                .into(),
        },
    );
    config.sources.insert("crm".to_owned(), SourceConfig::default());
    config
}

#[test]
fn toml_and_back() {
    for config in [Config::default(), full()] {
        let text = config.to_toml().unwrap();
        let read = Config::from_toml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read, config, "{text}");
        assert_eq!(read.to_toml().unwrap(), text);
    }
    assert_eq!(Config::from_toml("").unwrap(), Config::default());
    // TOML promises 63 bits; whatever is written must be read again.
    let large = Config { seed: u64::MAX, ..Config::default() };
    match large.to_toml() {
        Ok(text) => assert_eq!(Config::from_toml(&text).unwrap(), large),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Config),
    }
}

#[test]
fn json_says_the_same() {
    let config = full();
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
}

#[test]
fn columns_are_found_whatever_their_case() {
    let config =
        Config::from_toml("id = \"ID\"\nignore = [\"TIER\"]\n[sources.shop.columns]\nMail = \"carry\"")
            .unwrap();
    let resolution = consolidate(table(), &config).unwrap();
    let role = |source: usize, field: &str| {
        let guess = resolution.mappings()[source].fields.iter().find(|guess| guess.field == field).unwrap();
        guess.role.to_string()
    };
    assert_eq!(role(0, "id"), "record_id");
    assert_eq!((role(1, "mail"), role(1, "tier")), ("carry".to_owned(), "carry".to_owned()));
    let fields: Vec<&str> = resolution.golden_fields().iter().map(|field| field.name.as_str()).collect();
    assert!(fields.contains(&"tier"), "ignored columns are carried: {fields:?}");

    let config = Config { drop_ignored: true, ..config };
    let resolution = consolidate(table(), &config).unwrap();
    assert!(resolution.golden_fields().iter().all(|field| field.name != "tier"), "unless they are dropped");
}

#[test]
fn the_source_settings_reach_their_source() {
    let config =
        Config::from_toml("[sources.shop]\nregion = \"MX\"\nlocale = \"es-MX\"\nday_first = false").unwrap();
    let resolution = consolidate(table(), &config).unwrap();
    let [crm, shop] = resolution.mappings() else { panic!("two sources") };
    assert_eq!(
        (shop.region.as_deref(), shop.locale.as_deref(), shop.day_first),
        (Some("MX"), Some("es-MX"), Some(false))
    );
    assert_ne!(crm.region.as_deref(), Some("MX"));
}

#[test]
fn two_sources_of_one_name() {
    let source = || Source::new("crm", Vec::new(), Vec::new(), Vec::new()).unwrap();
    let error = Table::new(vec![source(), source()]).unwrap_err();
    assert_eq!(error.to_string(), "crm: two sources have this name; rename one of the files");
}
