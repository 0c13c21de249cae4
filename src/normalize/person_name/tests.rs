//! Named rows for names, by what makes them hard, and the contract of every normaliser.

use proptest::prelude::*;

use super::lexicon::{GIVEN_NAMES, LEXICON};
use super::*;

fn hint(locale: &str) -> Hint<'_> {
    Hint { locale: (!locale.is_empty()).then_some(locale), region: None }
}

/// `prefix|given|middle|surname1|surname2|suffix` without trailing bars.
fn parts(name: &PersonName) -> String {
    let all = [&name.prefix, &name.given, &name.middle, &name.surname1, &name.surname2, &name.suffix];
    let joined: Vec<&str> = all.iter().map(|part| part.as_str()).collect();
    joined.join("|").trim_end_matches('|').to_owned()
}

fn check(locale: &str, rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for &(input, expected) in rows {
        let name = full_name(input, &hint(locale));
        let found = parts(&name.parts);
        if found != expected {
            wrong.push(format!("{input}: expected {expected}, found {found}"));
        }
        let again = full_name(&name.canonical, &hint(locale));
        if again.canonical != name.canonical {
            wrong.push(format!("{input}: {} reads as {}", name.canonical, again.canonical));
        }
    }
    assert!(wrong.is_empty(), "{locale}\n{}", wrong.join("\n"));
}

#[test]
fn spanish_layouts() {
    check(
        "es-ES",
        &[
            ("Luis Gil", "|Luis||Gil"),
            ("MARTINEZ GOMEZ FRANCISCO JAVIER", "|Francisco Javier||Martinez|Gomez"),
            ("García López María José", "|María José||García|López"),
            ("GARCIA JUAN", "|Juan||Garcia"),
            ("María José, García López", "|María José||García|López"),
            ("Martín Santiago, Vicente", "|Vicente||Martín|Santiago"),
            ("GARCÍA LÓPEZ María José", "|María José||García|López"),
            ("Juan GARCÍA LÓPEZ", "|Juan||García|López"),
            ("Juan Martín Pérez", "|Juan||Martín|Pérez"),
            ("Juan Martín Pérez López", "|Juan Martín||Pérez|López"),
            ("Yeison Kevin Gómez Ruiz", "|Yeison Kevin||Gómez|Ruiz"),
            ("Xyzzy Foobaz Quuxez", "|Xyzzy||Foobaz|Quuxez"),
            ("María García", "|María||García"),
        ],
    );
}

#[test]
fn spanish_particles_and_compounds() {
    check(
        "es-ES",
        &[
            ("JUAN DE LA FUENTE LOPEZ", "|Juan||de la Fuente|Lopez"),
            ("Juan de la Cruz López", "|Juan de la Cruz||López"),
            ("María del Carmen Ruiz", "|María del Carmen||Ruiz"),
            ("maría de los ángeles de la torre", "|María de los Ángeles||de la Torre"),
            ("Juan García de la Torre López", "|Juan||García de la Torre|López"),
            ("Ana San Martín Ruiz", "|Ana||San Martín|Ruiz"),
            ("Juan De La Torre", "|Juan||de la Torre"),
            ("Santiago Ramón y Cajal", "|Santiago||Ramón|Cajal"),
            ("Josep Puig i Cadafalch", "|Josep||Puig|Cadafalch"),
            ("JUAN Y. GARCIA", "|Juan Y.||Garcia"),
            ("Ana Sáenz de Tejada", "|Ana||Sáenz de Tejada"),
            ("José Luis García-Margallo y Marfil", "|José Luis||García-Margallo|Marfil"),
            ("D'Ors Pérez, Carlos", "|Carlos||D'Ors|Pérez"),
        ],
    );
}

#[test]
fn spanish_abbreviations_titles_and_suffixes() {
    check(
        "es-ES",
        &[
            ("Mª José Gª Rguez.", "|María José||García|Rodríguez"),
            ("M.ª del Mar Fdez", "|María del Mar||Fernández"),
            ("Fco. Javier Hdez. Gil", "|Francisco Javier||Hernández|Gil"),
            ("Fco.Javier Glez", "|Francisco Javier||González"),
            ("José Mª Aznar", "|José María||Aznar"),
            ("J. Carlos Ruiz", "|J. Carlos||Ruiz"),
            ("Sra. Dña. Ana Ruiz", "Señora Doña|Ana||Ruiz"),
            ("Sr. García", "Señor|||García"),
            ("D. García", "|D.||García"),
            ("Dra. Elena Vidal Costa", "Doctora|Elena||Vidal|Costa"),
            ("Ruiz Gil, D. Pedro", "Don|Pedro||Ruiz|Gil"),
            ("Vda. de Ruiz", "Viuda|||de Ruiz"),
            ("María López Vda. de García", "|María||López"),
            ("Juan Ruiz Gil (hijo)", "|Juan||Ruiz|Gil|hijo"),
            ("Juan Ruiz Jr.", "|Juan||Ruiz||Jr"),
            ("Sor Ana Ruiz", "Sor|Ana||Ruiz"),
        ],
    );
}

#[test]
fn portuguese() {
    check(
        "pt-BR",
        &[
            ("JOSÉ CARLOS PEREIRA DA COSTA NETO", "|José Carlos||Pereira|da Costa|Neto"),
            ("João Silva Filho", "|João||Silva||Filho"),
            ("Maria das Dores Souza", "|Maria das Dores||Souza"),
            ("Ana Paula Costa e Silva", "|Ana Paula||Costa|Silva"),
            ("Pedro Costa Oliveira da Silva", "|Pedro||Costa Oliveira|da Silva"),
            ("Sra. Maria Alves", "Senhora|Maria||Alves"),
        ],
    );
}

#[test]
fn english() {
    check(
        "en-US",
        &[
            ("John Smith", "|John||Smith"),
            ("Smith, John A., Jr.", "|John|A.|Smith||Jr"),
            ("John Smith, PhD", "|John||Smith||PhD"),
            ("Mary Ann Watson", "|Mary|Ann|Watson"),
            ("JOHN MCDONALD III", "|John||McDonald||III"),
            ("Mr. Martin King", "Mister|Martin||King"),
            ("Sean O`Neill", "|Sean||O'Neill"),
            ("Maria Garcia Lopez", "|Maria||Garcia|Lopez"),
            ("William \"Bill\" Gates", "|William||Gates"),
            ("Jane Doe-Smith", "|Jane||Doe-Smith"),
            ("Vincent Van Gogh", "|Vincent||Van Gogh"),
            ("john q. adams", "|John|Q.|Adams"),
            ("Harold D McLendon", "|Harold|D|McLendon"),
            ("Fatima Al Zahra", "|Fatima||Al Zahra"),
            ("Tonya Fordham, D.O.", "|Tonya||Fordham||DO"),
        ],
    );
}

#[test]
fn french_german_italian_dutch() {
    check(
        "fr-FR",
        &[
            ("M. Jean-Luc Le Gall", "Monsieur|Jean-Luc||Le Gall"),
            ("JEAN-PIERRE LE GALL", "|Jean-Pierre||Le Gall"),
            ("Charles de Gaulle", "|Charles||de Gaulle"),
            ("Mme Marie Durand née Martin", "Madame|Marie||Durand"),
        ],
    );
    check(
        "de-DE",
        &[
            ("Herr Prof. Dr. Hans von der Heide", "Herr Professor Doktor|Hans||von der Heide"),
            ("KARL HEINZ MÜLLER", "|Karl Heinz||Müller"),
            ("Müller, Anna", "|Anna||Müller"),
            ("KARL VON UND ZU GUTTENBERG", "|Karl||von und zu Guttenberg"),
        ],
    );
    check(
        "it-IT",
        &[
            ("DE LUCA, GIOVANNI", "|Giovanni||De Luca"),
            ("Maria Grazia D’Angelo", "|Maria Grazia||D'Angelo"),
            ("Sig.ra Anna Della Rocca", "Signora|Anna||Della Rocca"),
        ],
    );
    check("nl-NL", &[("Jan van den Berg", "|Jan||van den Berg"), ("Dhr. P. de Vries", "Heer|P.||de Vries")]);
}

#[test]
fn other_naming_systems() {
    check(
        "ru-RU",
        &[("Петров Владимир Иванович", "|Владимир|Иванович|Петров"), ("Анна Петрова", "|Анна||Петрова")],
    );
    check("hu-HU", &[("Nagy István", "|István||Nagy")]);
    check("vi-VN", &[("Trần Thị Mai", "|Mai|Thị|Trần")]);
    check("ko-KR", &[("김 민준", "|민준||김"), ("김철수", "|철수||김"), ("남궁민수", "|민수||남궁")]);
    check("zh-CN", &[("王小明", "|小明||王"), ("欧阳娜娜", "|娜娜||欧阳")]);
    check("ja-JP", &[("山田太郎", "|山田太郎")]);
    assert_eq!(full_name("Владимир Петров", &hint("ru")).keys[1], "vladimir petrov");
}

#[test]
fn without_a_hint_the_words_decide() {
    check(
        "",
        &[
            ("John Paul Smith", "|John|Paul|Smith"),
            ("Juan Pablo Pérez", "|Juan Pablo||Pérez"),
            ("GARCIA LOPEZ ANA", "|Ana||Garcia|Lopez"),
        ],
    );
}

#[test]
fn cells_that_are_no_single_person() {
    let rows = [
        ("Juan y María García López", NameKind::Multiple),
        ("Ana Ruiz / Luis Gil", NameKind::Multiple),
        ("Sr. y Sra. Gómez", NameKind::Multiple),
        ("Sres. de García", NameKind::Multiple),
        ("Ana & Luis Pérez", NameKind::Multiple),
        ("Ana Ruiz y Luis Gil Costa", NameKind::Multiple),
        ("José Ortega y Gasset", NameKind::Person),
        ("Comunidad de Propietarios Mayor 5", NameKind::Company),
        ("Pérez y García S.L.", NameKind::Company),
        ("Restaurante Casa Paco", NameKind::Company),
        ("CLIENTE CONTADO", NameKind::Placeholder),
        ("n/a", NameKind::Placeholder),
        ("Ana None", NameKind::Person),
        ("María Sá", NameKind::Person),
        ("D. Fernando Company", NameKind::Person),
        ("Dña. Ana Company", NameKind::Person),
        ("Roser Monasterio Ruiz de Apodaca", NameKind::Person),
    ];
    for (input, kind) in rows {
        assert_eq!(full_name(input, &hint("es")).parts.kind, kind, "{input}");
    }
    let both = full_name("Juan y María García López", &hint("es"));
    let surnames: Vec<&str> = both.parts.persons.iter().map(|person| person.surname1.as_str()).collect();
    assert_eq!((surnames, both.keys.len()), (vec!["García", "García"], 0));
}

#[test]
fn variants_gender_and_trust() {
    let es = hint("es");
    assert_eq!(full_name("Francisco \"Paco\" Ruiz", &es).parts.given_variants, ["Paco"]);
    assert_eq!(full_name("Luisa Ruiz", &es).parts.given_variants, Vec::<String>::new());
    assert_eq!(full_name("José María Ruiz", &es).parts.gender, Some(Gender::Male));
    assert_eq!(full_name("María José Ruiz", &es).parts.gender, Some(Gender::Female));
    assert_eq!(full_name("Guadalupe Ruiz", &es).parts.gender, None);
    assert_eq!(full_name("Andrea Ruiz", &es).parts.gender, Some(Gender::Female));
    assert_eq!(full_name("Andrea Rossi", &hint("it")).parts.gender, Some(Gender::Male));
    assert_eq!(full_name("P. Sánchez", &es).quality, Quality::Partial);
    assert_eq!(full_name("García", &es).parts.surname1, "García");
    assert_eq!(full_name("Juan Nadie 2", &es).quality, Quality::Suspicious);
    assert_eq!(full_name("juan@example.com", &es).quality, Quality::Unparsed);
    assert_eq!(full_name("", &es).quality, Quality::Unparsed);
    assert_eq!(full_name("Marie Durand née Martin", &hint("fr")).parts.other_surnames, ["Martin"]);
}

#[test]
fn part_columns() {
    let es = hint("es");
    let rows = [
        ("GARCIA LOPEZ", "Garcia|Lopez"),
        ("de la fuente martín", "de la Fuente|Martín"),
        ("Ortega y Gasset", "Ortega|Gasset"),
        ("Fdez. de la Torre", "Fernández|de la Torre"),
        ("San Martín", "San Martín|"),
        ("Pérez", "Pérez|"),
        ("Null", "Null|"),
    ];
    for (input, expected) in rows {
        let name = surname(input, &es).parts;
        assert_eq!(format!("{}|{}", name.surname1, name.surname2), expected, "{input}");
    }
    assert_eq!(surname("van der Berg", &hint("nl")).parts.surname1, "van der Berg");
    assert_eq!(surname("Smith Jones", &hint("en")).parts.surname1, "Smith Jones");
    let given = |input, locale| given_name(input, &hint(locale)).parts;
    assert_eq!(given("Mª JOSE", "es").given, "María Jose");
    assert_eq!(given("Fco. Javier", "es").given, "Francisco Javier");
    assert_eq!(given("D. Pedro", "es").prefix, "Don");
    assert_eq!(given("Francisco (Paco)", "es").given_variants, ["Paco"]);
    assert_eq!((given("John A.", "en").given, given("John A.", "en").middle), ("John".into(), "A.".into()));
    assert_eq!(surname("n/a", &es).quality, Quality::Placeholder);
}

/// Words of real names in any order, which is where layouts are confused.
fn name_like() -> impl Strategy<Value = String> {
    let mut words: Vec<String> = LEXICON.words().filter(|word| !word.contains(' ')).collect();
    words.sort();
    words.extend(GIVEN_NAMES.lines().take(500).filter_map(|line| line.split('\t').next().map(str::to_owned)));
    words.extend(
        ["Mª", "Fdez.", "y", "de", "la", "del", "D.", "Sr.", "J.", ",", "/", "(", ")", "\"", "Jr.", "vda."]
            .map(str::to_owned),
    );
    let word = (prop::sample::select(words), 0..4u8).prop_map(|(word, case)| match case {
        0 => word.to_uppercase(),
        1 => word,
        _ => super::super::text::title_case(&word).into_owned(),
    });
    prop::collection::vec(word, 1..6).prop_map(|words| words.join(" "))
}

fn is_stable(text: &str) -> std::result::Result<(), TestCaseError> {
    for locale in ["", "es-ES", "en-US", "pt-BR", "it-IT", "ru-RU", "vi-VN"] {
        let hint = hint(locale);
        for normalize in [full_name, given_name, surname] {
            let name = normalize(text, &hint);
            prop_assert_eq!(name.original, text);
            if name.parts.kind == NameKind::Person && name.quality != Quality::Unparsed {
                prop_assert_eq!(name.keys.first().cloned().unwrap_or_default(), name.parts.match_key());
            }
            let again = normalize(&name.canonical, &hint);
            prop_assert_eq!(&again.canonical, &name.canonical, "{} {:?}", locale, text);
            prop_assert_eq!(normalize(text, &hint), name);
        }
    }
    Ok(())
}

#[test]
fn words_that_change_places_settle() {
    for raw in ["aª-a ññ", "a-a nn", "Aª-A Ññ", "Ññ Aª-A"] {
        for locale in ["es-ES", "en-US", "pt-BR", "hu-HU"] {
            let hint = Hint { locale: Some(locale), region: None };
            let first = full_name(raw, &hint).canonical;
            assert_eq!(full_name(&first, &hint).canonical, first, "{raw} {locale}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn names_are_stable(text in name_like()) {
        is_stable(&text)?;
    }

    #[test]
    fn any_text_is_stable(text in "\\PC{0,24}|.{0,16}|[a-zñA-Z. ,'()ªº/&-]{0,24}") {
        is_stable(&text)?;
    }
}
