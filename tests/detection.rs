//! Which column is which attribute, for the exports of common systems. Each case lists the columns of an export with
//! what their cells hold (a column of the synthetic customers below) and the role that must come out.

#![allow(clippy::type_complexity)] // The tables below read better without names for their rows.

use quilate::detect::{DetectOptions, Mapping, detect, is_secret_header};
use quilate::table::SourceBuilder;
use quilate::{Role, Source};

/// Given name, middle, surname, second surname, gender, birth date, street, number, city, postcode, region, phone.
const PEOPLE: &[[&str; 12]] = &[
    [
        "María",
        "Pilar",
        "García",
        "López",
        "F",
        "1975-03-28",
        "Calle Mayor",
        "5",
        "Madrid",
        "28013",
        "Madrid",
        "612345678",
    ],
    [
        "Juan",
        "",
        "Pérez",
        "Gómez",
        "M",
        "1981-11-02",
        "Avenida de la Paz",
        "12",
        "Sevilla",
        "41001",
        "Sevilla",
        "655120987",
    ],
    [
        "Lucía",
        "",
        "Martín",
        "Ruiz",
        "F",
        "1999-07-19",
        "Plaza de España",
        "3",
        "Valencia",
        "46002",
        "Valencia",
        "699001122",
    ],
    [
        "Antonio",
        "José",
        "Fernández",
        "Díaz",
        "M",
        "1958-01-30",
        "Paseo del Prado",
        "41",
        "Zaragoza",
        "50001",
        "Zaragoza",
        "600112233",
    ],
    [
        "Carmen",
        "",
        "Sánchez",
        "Moreno",
        "F",
        "1966-09-09",
        "Calle Real",
        "22",
        "Málaga",
        "29001",
        "Málaga",
        "633445566",
    ],
    [
        "Pablo",
        "",
        "Romero",
        "Navarro",
        "M",
        "1990-05-14",
        "Ronda de Toledo",
        "7",
        "Bilbao",
        "48001",
        "Vizcaya",
        "677889900",
    ],
    [
        "Elena",
        "Isabel",
        "Torres",
        "Gil",
        "F",
        "1948-12-01",
        "Calle Nueva",
        "18",
        "Murcia",
        "30001",
        "Murcia",
        "644556677",
    ],
    [
        "Javier",
        "",
        "Molina",
        "Ortega",
        "M",
        "1972-08-23",
        "Camino Viejo",
        "2",
        "Granada",
        "18001",
        "Granada",
        "622334455",
    ],
    [
        "Sara",
        "",
        "Delgado",
        "Castro",
        "F",
        "2001-02-17",
        "Calle del Sol",
        "9",
        "Burgos",
        "09001",
        "Burgos",
        "688990011",
    ],
    [
        "Miguel",
        "Ángel",
        "Ortiz",
        "Rubio",
        "M",
        "1985-06-05",
        "Avenida del Mar",
        "60",
        "Alicante",
        "03001",
        "Alicante",
        "611223344",
    ],
    [
        "Rosa",
        "",
        "Marín",
        "Sanz",
        "F",
        "1963-10-26",
        "Travesía Alta",
        "14",
        "Lugo",
        "27001",
        "Lugo",
        "666778899",
    ],
    [
        "Diego",
        "",
        "Iglesias",
        "Medina",
        "M",
        "1994-04-11",
        "Calle Larga",
        "31",
        "Toledo",
        "45001",
        "Toledo",
        "655667788",
    ],
    [
        "Laura",
        "",
        "Cortés",
        "Prieto",
        "F",
        "1979-01-07",
        "Plaza Mayor",
        "1",
        "León",
        "24001",
        "León",
        "699887766",
    ],
    [
        "Andrés",
        "",
        "Vega",
        "Santos",
        "M",
        "1955-05-31",
        "Calle de la Cruz",
        "25",
        "Cádiz",
        "11001",
        "Cádiz",
        "644332211",
    ],
];

const COMPANIES: [&str; 7] = [
    "Talleres Vega S.L.",
    "Gray & Sons Ltd",
    "Transportes Ruiz SA",
    "Nova Consulting GmbH",
    "Aurora Foods Inc",
    "Farmacia Central SL",
    "Colegio Santa Ana",
];
const JOBS: [&str; 5] = ["Sales Manager", "Director of Operations", "Engineer", "Nurse", "Teacher"];

/// The cell of a person for a kind of content.
fn cell(what: &str, at: usize) -> String {
    let [given, middle, surname, second, gender, birth, street, number, city, postcode, region, phone] =
        PEOPLE[at];
    let (year, month, day) = (&birth[..4], &birth[5..7], &birth[8..]);
    let ascii = |text: &str| {
        text.to_lowercase()
            .replace('á', "a")
            .replace('é', "e")
            .replace('í', "i")
            .replace('ó', "o")
            .replace('ú', "u")
    };
    let mail = format!("{}.{}@example.com", ascii(given), ascii(surname));
    let female = gender == "F";
    match what {
        "given" => given.into(),
        "middle" => middle.into(),
        "initial" => middle.chars().take(1).collect(),
        "surname" => surname.into(),
        "second" => second.into(),
        "surnames" => format!("{surname} {second}"),
        "full" => format!("{given} {surname}"),
        "reversed" => format!("{surname} {second}, {given}"),
        "nick" => {
            if at.is_multiple_of(3) {
                given.chars().take(3).collect()
            } else {
                String::new()
            }
        }
        "mr" => (if female { "Mrs." } else { "Mr." }).into(),
        "sr" => (if female { "Sra." } else { "Sr." }).into(),
        "suffix" => {
            if at.is_multiple_of(6) {
                "Jr.".into()
            } else {
                String::new()
            }
        }
        "job" => JOBS[at % 5].into(),
        "company" => COMPANIES[at % 7].into(),
        "email" => mail,
        "email2" => {
            if at.is_multiple_of(2) {
                format!("{}{at}@mail.example.org", ascii(given))
            } else {
                String::new()
            }
        }
        "phone" => phone.into(),
        "phone+" => format!("+34 {} {} {}", &phone[..3], &phone[3..6], &phone[6..]),
        "phonep" => format!("p:+34{phone}"),
        "landline" => format!("91 {} {} 1{}", &phone[..3], &phone[3..5], at % 10),
        "street" => format!("{street}, {number}"),
        "street_name" => street.into(),
        "number" => number.into(),
        "door" => format!("{}º {}", at % 6 + 1, if at.is_multiple_of(2) { "B" } else { "A" }),
        "city" => city.into(),
        "postcode" => postcode.into(),
        "region" => region.into(),
        "province_code" => {
            ["M", "SE", "V", "Z", "MA", "BI", "MU", "GR", "BU", "A", "LU", "TO", "LE", "CA"][at].into()
        }
        "country" => "España".into(),
        "iso" => "ES".into(),
        "address" => format!("{street} {number}, {postcode} {city}, España"),
        "birth" => birth.into(),
        "dmy" => format!("{day}/{month}/{year}"),
        "mdy" => format!("{month}/{day}/{year}"),
        "md" => format!("{month}/{day}"),
        "year" => year.into(),
        "month" => month.trim_start_matches('0').into(),
        "day" => day.trim_start_matches('0').into(),
        "age" => (2024 - year.parse::<i32>().unwrap()).to_string(),
        "gender" => gender.into(),
        "hombre" => (if female { "Mujer" } else { "Hombre" }).into(),
        "dni" => {
            let digits = 10_203_040 + at * 7_654_321;
            format!("{digits}{}", b"TRWAGMYFPDXBNJZSQVHLCKE"[digits % 23] as char)
        }
        "id" => (1_000 + at).to_string(),
        "id'" => format!("'{}", 6_900_000_001 + at as u64 * 7),
        "sfid" => format!("0035g00000Xy{:02}AAA", at + 10),
        "uuid" => format!("{:08x}-1c2d-4e5f-8a9b-{:012x}", at * 7_654_321 + 17, at * 1_000_003 + 5),
        "external" => format!("__export__.res_partner_{}_a{at:02}b", 100 + at),
        "kunnr" => format!("{:010}", 100_400 + at),
        "german" => format!("{day}.{month}.2021"),
        "cus" => format!("cus_N{:03}kTz9Q{at}", at * 37),
        "sfref" => format!("0015g00000Ab{:02}AAA", at % 4),
        "few_ref" => {
            if at == 3 {
                "0035g00000Xy11AAA".into()
            } else {
                String::new()
            }
        }
        "hex" => format!("{:032x}", (at as u128 + 1) * 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED),
        "stamp" => format!("2023-{:02}-1{}T0{}:15:00Z", at % 12 + 1, at % 9, at % 8),
        "event" => format!("2023-{:02}-1{} 10:00", at % 12 + 1, at % 9),
        "flag" => (if at.is_multiple_of(2) { "yes" } else { "no" }).into(),
        "status" => (if at.is_multiple_of(3) { "inactive" } else { "active" }).into(),
        "amount" => format!("{},{:02} €", 17 * at + 3, 7 * at % 100),
        "count" => (at * at % 7).to_string(),
        "tags" => (if at.is_multiple_of(2) { "vip, web" } else { "newsletter" }).into(),
        "lead" => ["Web", "Phone Inquiry", "Partner Referral"][at % 3].into(),
        "label" => (if at.is_multiple_of(2) { "Work" } else { "Home" }).into(),
        "note" => {
            format!("Called on the {}th about the invoice and asked to be called back next week.", at + 3)
        }
        "url" => format!("https://www.{}{at}.example", ascii(surname)),
        "staff" => ["Ana Ruiz", "Luis Vega"][at % 2].into(),
        "system" => ["crm", "shop"][at % 2].into(),
        "unique_order" => format!("#{}", 5_000 + at),
        "" => String::new(),
        other => panic!("no content called {other}"),
    }
}

type Columns = &'static [(&'static str, &'static str, &'static str)];

fn source(columns: Columns, blank: bool) -> Source {
    let names: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| if blank { format!("c{}", at + 1) } else { column.0.into() })
        .collect();
    let mut builder = SourceBuilder::new("export");
    for at in 0..PEOPLE.len() {
        let cells: Vec<[String; 1]> = columns.iter().map(|column| [cell(column.1, at)]).collect();
        builder.push(names.iter().zip(&cells).map(|(name, cell)| (name.as_str(), cell.as_slice())));
    }
    builder.finish().unwrap()
}

fn roles(mapping: &Mapping) -> Vec<String> {
    mapping.fields.iter().map(|guess| guess.role.to_string()).collect()
}

const SALESFORCE_CONTACT: Columns = &[
    ("Id", "sfid", "record_id"),
    ("IsDeleted", "flag", "carry"),
    ("MasterRecordId", "few_ref", "merged_into"),
    ("AccountId", "sfref", "carry"),
    ("LastName", "surname", "surname"),
    ("FirstName", "given", "given_name"),
    ("Salutation", "mr", "name_prefix"),
    ("Name", "full", "carry"),
    ("OtherStreet", "", "street:2"),
    ("OtherCity", "city", "city:2"),
    ("OtherPostalCode", "postcode", "postcode:2"),
    ("OtherCountry", "country", "country:2"),
    ("MailingStreet", "street", "street"),
    ("MailingCity", "city", "city"),
    ("MailingState", "region", "region"),
    ("MailingPostalCode", "postcode", "postcode"),
    ("MailingCountry", "country", "country"),
    ("Phone", "phone+", "phone"),
    ("Fax", "landline", "carry"),
    ("MobilePhone", "phone", "phone"),
    ("HomePhone", "landline", "phone"),
    ("OtherPhone", "", "phone"),
    ("AssistantPhone", "landline", "carry"),
    ("ReportsToId", "few_ref", "carry"),
    ("Email", "email", "email"),
    ("Title", "job", "category"),
    ("Department", "lead", "carry"),
    ("LeadSource", "lead", "carry"),
    ("Birthdate", "birth", "birth_date"),
    ("OwnerId", "sfref", "skip"),
    ("CreatedDate", "stamp", "created_at"),
    ("LastModifiedDate", "stamp", "updated_at"),
    ("SystemModstamp", "stamp", "carry"),
    ("LastActivityDate", "event", "carry"),
    ("EmailBouncedReason", "", "carry"),
    ("EmailBouncedDate", "event", "carry"),
    ("HasOptedOutOfEmail", "flag", "carry"),
    ("DoNotCall", "flag", "carry"),
];

const CASES: &[(&str, Columns)] = &[
    ("salesforce contact", SALESFORCE_CONTACT),
    (
        "salesforce lead",
        &[
            ("Id", "sfid", "record_id"),
            ("LastName", "surname", "surname"),
            ("FirstName", "given", "given_name"),
            ("Title", "job", "category"),
            ("Company", "company", "company"),
            ("Street", "street", "street"),
            ("City", "city", "city"),
            ("State", "region", "region"),
            ("PostalCode", "postcode", "postcode"),
            ("Country", "country", "country"),
            ("Phone", "phone+", "phone"),
            ("Email", "email", "email"),
            ("Website", "url", "website"),
            ("LeadSource", "lead", "carry"),
            ("Status", "status", "carry"),
            ("IsConverted", "flag", "carry"),
            ("ConvertedDate", "event", "carry"),
            ("ConvertedAccountId", "sfref", "carry"),
            ("ConvertedContactId", "few_ref", "carry"),
            ("CreatedDate", "stamp", "created_at"),
        ],
    ),
    (
        "shopify",
        &[
            ("Customer ID", "id'", "record_id"),
            ("First Name", "given", "given_name"),
            ("Last Name", "surname", "surname"),
            ("Email", "email", "email"),
            ("Accepts Email Marketing", "flag", "carry"),
            ("Default Address Company", "company", "company"),
            ("Default Address Address1", "street", "street"),
            ("Default Address Address2", "door", "address_line_2"),
            ("Default Address City", "city", "city"),
            ("Default Address Province Code", "province_code", "region"),
            ("Default Address Country Code", "iso", "country"),
            ("Default Address Zip", "postcode", "postcode"),
            ("Default Address Phone", "phone+", "phone"),
            ("Phone", "phone+", "phone"),
            ("Accepts SMS Marketing", "flag", "carry"),
            ("Total Spent", "amount", "carry"),
            ("Total Orders", "count", "carry"),
            ("Note", "note", "skip"),
            ("Tax Exempt", "flag", "carry"),
            ("Tags", "tags", "carry"),
        ],
    ),
    (
        "mailchimp",
        &[
            ("Email Address", "email", "email"),
            ("First Name", "given", "given_name"),
            ("Last Name", "surname", "surname"),
            ("Address", "address", "full_address"),
            ("Phone Number", "phone+", "phone"),
            ("Birthday", "md", "birth_date"),
            ("MEMBER_RATING", "count", "carry"),
            ("OPTIN_TIME", "event", "carry"),
            ("CONFIRM_TIME", "event", "carry"),
            ("LAST_CHANGED", "event", "updated_at"),
            ("LEID", "id", "record_id"),
            ("EUID", "hex", "carry"),
            ("NOTES", "note", "skip"),
            ("TAGS", "tags", "carry"),
            ("UNSUB_TIME", "event", "carry"),
            ("UNSUB_REASON", "lead", "carry"),
        ],
    ),
    (
        "stripe",
        &[
            ("id", "cus", "record_id"),
            ("Description", "note", "skip"),
            ("Email", "email", "email"),
            ("Name", "full", "full_name"),
            ("Created (UTC)", "event", "created_at"),
            ("Delinquent", "flag", "carry"),
            ("Plan", "lead", "carry"),
            ("Status", "status", "carry"),
            ("Total Spend", "amount", "carry"),
            ("Payment Count", "count", "carry"),
            ("Refunded Volume", "amount", "carry"),
            ("tier (metadata)", "status", "carry"),
        ],
    ),
    (
        "google contacts",
        &[
            ("First Name", "given", "given_name"),
            ("Middle Name", "middle", "middle_name"),
            ("Last Name", "surname", "surname"),
            ("Name Prefix", "sr", "name_prefix"),
            ("Name Suffix", "suffix", "name_suffix"),
            ("Nickname", "nick", "nickname"),
            ("Organization Name", "company", "company"),
            ("Organization Title", "job", "category"),
            ("Birthday", "birth", "birth_date"),
            ("Labels", "tags", "carry"),
            ("E-mail 1 - Label", "label", "carry"),
            ("E-mail 1 - Value", "email", "email"),
            ("Phone 1 - Label", "label", "carry"),
            ("Phone 1 - Value", "phone+", "phone"),
            ("Address 1 - Street", "street", "street"),
            ("Address 1 - City", "city", "city"),
            ("Address 1 - Region", "region", "region"),
            ("Address 1 - Postal Code", "postcode", "postcode"),
            ("Address 1 - Country", "iso", "country"),
        ],
    ),
    (
        "google contacts, old",
        &[
            ("Name", "full", "carry"),
            ("Given Name", "given", "given_name"),
            ("Additional Name", "middle", "middle_name"),
            ("Family Name", "surname", "surname"),
            ("E-mail 1 - Type", "label", "carry"),
            ("E-mail 1 - Value", "email", "email"),
            ("E-mail 2 - Value", "email2", "email"),
        ],
    ),
    (
        "outlook",
        &[
            ("First Name", "given", "given_name"),
            ("Middle Name", "middle", "middle_name"),
            ("Last Name", "surname", "surname"),
            ("Title", "mr", "name_prefix"),
            ("Suffix", "suffix", "name_suffix"),
            ("E-mail Address", "email", "email"),
            ("E-mail 2 Address", "email2", "email"),
            ("Home Phone", "landline", "phone"),
            ("Business Phone", "landline", "phone"),
            ("Mobile Phone", "phone", "phone"),
            ("Company", "company", "company"),
            ("Business Street", "street", "street:2"),
            ("Business City", "city", "city:2"),
            ("Business Postal Code", "postcode", "postcode:2"),
            ("Home Street", "street", "street"),
            ("Home City", "city", "city"),
            ("Birthday", "dmy", "birth_date"),
            ("Spouse", "staff", "carry"),
        ],
    ),
    (
        "zendesk",
        &[
            ("id", "id", "record_id"),
            ("name", "full", "full_name"),
            ("email", "email", "email"),
            ("external_id", "id", "carry"),
            ("details", "note", "skip"),
            ("notes", "note", "skip"),
            ("phone", "phone+", "phone"),
            ("role", "status", "carry"),
            ("organization", "company", "company"),
            ("tags", "tags", "carry"),
        ],
    ),
    (
        "hubspot",
        &[
            ("Record ID", "id", "record_id"),
            ("First Name", "given", "given_name"),
            ("Last Name", "surname", "surname"),
            ("Email", "email", "email"),
            ("Phone Number", "phone+", "phone"),
            ("Contact owner", "staff", "carry"),
            ("Lead Status", "status", "carry"),
            ("Create Date", "event", "created_at"),
            ("Last Modified Date", "event", "updated_at"),
            ("Lifecycle Stage", "lead", "carry"),
            ("Associated Company", "company", "company"),
            ("Job Title", "job", "category"),
            ("City", "city", "city"),
            ("State/Region", "region", "region"),
            ("Postal Code", "postcode", "postcode"),
            ("Country/Region", "country", "country"),
            ("Last Activity Date", "event", "carry"),
        ],
    ),
    (
        "magento customers",
        &[
            ("email", "email", "email"),
            ("created_at", "event", "created_at"),
            ("dob", "birth", "birth_date"),
            ("firstname", "given", "given_name"),
            ("gender", "gender", "gender"),
            ("lastname", "surname", "surname"),
            ("middlename", "middle", "middle_name"),
            ("prefix", "sr", "name_prefix"),
            ("suffix", "suffix", "name_suffix"),
            ("taxvat", "dni", "identifier"),
            ("password_hash", "hex", "skip"),
            ("store_id", "count", "carry"),
            ("website_id", "count", "carry"),
            ("group_id", "count", "carry"),
        ],
    ),
    (
        "magento addresses",
        &[
            ("city", "city", "city"),
            ("company", "company", "company"),
            ("country_id", "iso", "country"),
            ("firstname", "given", "given_name"),
            ("lastname", "surname", "surname"),
            ("postcode", "postcode", "postcode"),
            ("region", "region", "region"),
            ("street", "street", "street"),
            ("telephone", "phone", "phone"),
            ("vat_id", "dni", "identifier"),
        ],
    ),
    (
        "prestashop",
        &[
            ("ID", "id", "record_id"),
            ("Title", "mr", "name_prefix"),
            ("Last name", "surname", "surname"),
            ("First Name", "given", "given_name"),
            ("Email address", "email", "email"),
            ("Age", "age", "age"),
            ("Enabled", "count", "carry"),
            ("Registration", "event", "created_at"),
            ("Last visit", "event", "carry"),
        ],
    ),
    (
        "woocommerce orders",
        &[
            ("order_id", "id", "record_id"),
            ("order_date", "event", "carry"),
            ("status", "status", "carry"),
            ("order_total", "amount", "carry"),
            ("customer_email", "email", "email"),
            ("billing_first_name", "given", "given_name"),
            ("billing_last_name", "surname", "surname"),
            ("billing_company", "company", "company"),
            ("billing_email", "email", "email"),
            ("billing_phone", "phone", "phone"),
            ("billing_address_1", "street", "street"),
            ("billing_postcode", "postcode", "postcode"),
            ("billing_city", "city", "city"),
            ("billing_state", "province_code", "region"),
            ("billing_country", "iso", "country"),
        ],
    ),
    (
        "pipedrive",
        &[
            ("Person - ID", "id", "record_id"),
            ("Person - Name", "full", "full_name"),
            ("Person - Email", "email", "email"),
            ("Person - Phone", "phone+", "phone"),
            ("Organization - Name", "company", "company"),
            ("Organization - ID", "count", "carry"),
        ],
    ),
    (
        "brevo",
        &[
            ("EMAIL", "email", "email"),
            ("FIRSTNAME", "given", "given_name"),
            ("LASTNAME", "surname", "surname"),
            ("SMS", "phone+", "phone"),
        ],
    ),
    (
        "klaviyo",
        &[
            ("Email", "email", "email"),
            ("First Name", "given", "given_name"),
            ("Last Name", "surname", "surname"),
            ("City", "city", "city"),
            ("State / Region", "region", "region"),
            ("Country", "country", "country"),
            ("Zip Code", "postcode", "postcode"),
            ("Email Marketing Consent", "status", "carry"),
        ],
    ),
    (
        "facebook leads",
        &[
            ("id", "id", "record_id"),
            ("created_time", "stamp", "created_at"),
            ("full_name", "full", "full_name"),
            ("email", "email", "email"),
            ("phone_number", "phonep", "phone"),
        ],
    ),
    (
        "eventbrite",
        &[
            ("Order #", "unique_order", "record_id"),
            ("Order Date", "event", "carry"),
            ("First Name", "given", "given_name"),
            ("Surname", "surname", "surname"),
            ("Email", "email", "email"),
        ],
    ),
    (
        "spanish 1",
        &[
            ("Nombre", "given", "given_name"),
            ("Apellidos", "surnames", "surname"),
            ("Email", "email", "email"),
            ("Teléfono", "phone", "phone"),
        ],
    ),
    (
        "spanish 2",
        &[
            ("Cedula", "dni", "identifier"),
            ("Nombre", "given", "given_name"),
            ("Apellidos", "surnames", "surname"),
            ("Email", "email", "email"),
            ("Telefono", "phone", "phone"),
            ("Direccion", "street", "street"),
            ("Ciudad", "city", "city"),
            ("Pais", "country", "country"),
        ],
    ),
    (
        "spanish 3",
        &[
            ("Nombre", "given", "given_name"),
            ("Apellidos", "surnames", "surname"),
            ("Email", "email", "email"),
            ("sexo", "hombre", "gender"),
            ("fecha nac", "dmy", "birth_date"),
            ("dni", "dni", "identifier"),
        ],
    ),
    (
        "spanish till",
        &[
            ("Cód. cliente", "id", "record_id"),
            ("Nombre y apellidos", "reversed", "full_name"),
            ("Móvil", "phone", "phone"),
            ("Domicilio", "street", "street"),
            ("Nº", "number", "house_number"),
            ("Piso", "door", "unit"),
            ("C.P.", "postcode", "postcode"),
            ("Población", "city", "city"),
            ("Provincia", "region", "region"),
            ("Importe", "amount", "carry"),
            ("Fecha alta", "dmy", "created_at"),
            ("Observaciones", "note", "skip"),
        ],
    ),
    (
        "mexican",
        &[
            ("Nombre(s)", "given", "given_name"),
            ("Apellido Paterno", "surname", "surname"),
            ("Apellido Materno", "second", "second_surname"),
            ("Correo", "email", "email"),
            ("Celular", "phone", "phone"),
            ("Calle", "street_name", "street"),
            ("Num. exterior", "number", "house_number"),
            ("Estado", "region", "region"),
        ],
    ),
    (
        "portuguese",
        &[
            ("Nome", "given", "given_name"),
            ("Apelido", "surname", "surname"),
            ("Telemóvel", "phone", "phone"),
            ("Morada", "street", "street"),
            ("Código Postal", "postcode", "postcode"),
            ("Localidade", "city", "city"),
            ("Data de Nascimento", "dmy", "birth_date"),
            ("NIF", "dni", "identifier"),
        ],
    ),
    (
        "french",
        &[
            ("N° client", "id", "record_id"),
            ("Civilité", "mr", "name_prefix"),
            ("Nom", "surname", "surname"),
            ("Prénom", "given", "given_name"),
            ("Courriel", "email", "email"),
            ("Tél. portable", "phone", "phone"),
            ("Adresse", "street", "street"),
            ("Code postal", "postcode", "postcode"),
            ("Ville", "city", "city"),
            ("Pays", "country", "country"),
            ("Date de naissance", "dmy", "birth_date"),
        ],
    ),
    (
        "german",
        &[
            ("Kundennr.", "id", "record_id"),
            ("Anrede", "mr", "name_prefix"),
            ("Name", "surname", "surname"),
            ("Vorname", "given", "given_name"),
            ("Straße", "street_name", "street"),
            ("Hausnr.", "number", "house_number"),
            ("PLZ", "postcode", "postcode"),
            ("Ort", "city", "city"),
            ("Land", "country", "country"),
            ("Geb.-Datum", "dmy", "birth_date"),
            ("Telefon", "landline", "phone"),
            ("Bemerkung", "note", "skip"),
        ],
    ),
    (
        "italian",
        &[
            ("Codice cliente", "id", "record_id"),
            ("Cognome", "surname", "surname"),
            ("Nome", "given", "given_name"),
            ("Indirizzo", "street", "street"),
            ("CAP", "postcode", "postcode"),
            ("Città", "city", "city"),
            ("Cellulare", "phone", "phone"),
            ("Data di nascita", "dmy", "birth_date"),
            ("Codice fiscale", "dni", "identifier"),
        ],
    ),
    (
        "abbreviated",
        &[
            ("rec_id", "id", "record_id"),
            ("pername1", "given", "given_name"),
            ("pername2", "surname", "surname"),
            ("enumpc", "postcode", "postcode"),
            ("dob_day", "day", "birth_day"),
            ("dob_mon", "month", "birth_month"),
            ("dob_year", "year", "birth_year"),
            ("hse_num", "number", "house_number"),
            ("str_nam", "street_name", "street"),
            ("sex", "gender", "gender"),
        ],
    ),
    (
        "prefixed",
        &[
            ("CUST_ID", "id", "record_id"),
            ("PRIMARY_NAME_LAST", "surname", "surname"),
            ("PRIMARY_NAME_FIRST", "given", "given_name"),
            ("cust_addr_line_1", "street", "street"),
            ("cust_email_addr", "email", "email"),
            ("by", "year", "birth_year"),
            ("bm", "month", "birth_month"),
            ("bd", "day", "birth_day"),
        ],
    ),
    (
        "numbered names",
        &[
            ("id", "id", "record_id"),
            ("fname_c1", "given", "given_name"),
            ("fname_c2", "middle", "middle_name"),
            ("lname_c1", "surname", "surname"),
            ("lname_c2", "second", "second_surname"),
        ],
    ),
    (
        "odoo",
        &[
            ("id", "external", "record_id"),
            ("Nombre mostrado", "reversed", "full_name"),
            ("Correo electrónico", "email", "email"),
            ("Teléfono", "landline", "phone"),
            ("Móvil", "phone", "phone"),
            ("Calle", "street", "street"),
            ("Ciudad", "city", "city"),
            ("C.P.", "postcode", "postcode"),
            ("Provincia", "region", "region"),
            ("País", "country", "country"),
            ("NIF", "dni", "identifier"),
            ("Empresa relacionada", "company", "company"),
            ("Creado el", "event", "created_at"),
        ],
    ),
    (
        "sap",
        &[
            ("KUNNR", "kunnr", "record_id"),
            ("ANRED", "sr", "name_prefix"),
            ("NAME1", "surnames", "surname"),
            ("NAME2", "given", "given_name"),
            ("STRAS", "street", "street"),
            ("PSTLZ", "postcode", "postcode"),
            ("ORT01", "city", "city"),
            ("REGIO", "region", "region"),
            ("LAND1", "iso", "country"),
            ("TELF1", "landline", "phone"),
            ("TELF2", "phone", "phone"),
            ("SMTP_ADDR", "email", "email"),
            ("STCD1", "dni", "identifier"),
            ("ERDAT", "german", "created_at"),
        ],
    ),
    (
        "ids of many words",
        &[("id", "uuid", "record_id"), ("name", "full", "full_name"), ("parent_id", "uuid", "carry")],
    ),
    (
        "dates of an address that is not there",
        &[
            ("id", "id", "record_id"),
            ("Email", "email", "email"),
            ("EmailBouncedDate", "", "carry"),
            ("Phone verification date", "", "carry"),
        ],
    ),
    (
        "somebody else",
        &[
            ("id", "id", "record_id"),
            ("first_name", "given", "given_name"),
            ("last_name", "surname", "surname"),
            ("employer_name", "company", "company"),
            ("employer_street_name", "street_name", "carry"),
            ("employer_zipcode", "postcode", "carry"),
            ("mother_first_name", "given", "carry"),
            ("emergency_contact_phone", "phone", "carry"),
            ("account_manager", "staff", "carry"),
            ("mailing_address_street_name", "street_name", "street"),
            ("mailing_address_zipcode", "postcode", "postcode"),
        ],
    ),
    (
        "all owners",
        &[
            ("parcel_no", "id", "carry"),
            ("owner_first_name", "given", "given_name"),
            ("owner_last_name", "surname", "surname"),
            ("owner_city", "city", "city"),
        ],
    ),
    (
        "several systems",
        &[("source_system", "system", "carry"), ("id", "id", "record_id"), ("email", "email", "email")],
    ),
    (
        "events are not births",
        &[
            ("name", "full", "full_name"),
            ("survey_date", "birth", "carry"),
            ("event_date", "birth", "carry"),
            ("incorporated_date", "birth", "carry"),
        ],
    ),
    (
        "a date of lives",
        &[
            ("fname", "given", "given_name"),
            ("sname", "initial", "middle_name"),
            ("surname", "surname", "surname"),
            ("date", "birth", "birth_date"),
        ],
    ),
];

#[test]
fn exports_map_as_people_would_map_them() {
    let mut wrong = Vec::new();
    for (case, columns) in CASES {
        let mapping = detect(&source(columns, false), &DetectOptions::default());
        for (column, guess) in columns.iter().zip(&mapping.fields) {
            if guess.role.to_string() != column.2 {
                wrong.push(format!(
                    "{case}: {} should be {}, is {} {:?}",
                    column.0, column.2, guess.role, guess.reasons
                ));
            }
            assert!((0.0..=1.0).contains(&guess.confidence) && !guess.reasons.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_headers_the_values_decide() {
    const COLUMNS: Columns = &[
        ("", "id", "carry"),
        ("", "given", "given_name"),
        ("", "surname", "surname"),
        ("", "email", "email"),
        ("", "phone+", "phone"),
        ("", "birth", "birth_date"),
        ("", "street", "street"),
        ("", "postcode", "postcode"),
        ("", "city", "city"),
        ("", "hombre", "gender"),
        ("", "amount", "carry"),
        ("", "flag", "carry"),
        ("", "note", "skip"),
    ];
    let mapping = detect(&source(COLUMNS, true), &DetectOptions::default());
    let expected: Vec<&str> = COLUMNS.iter().map(|column| column.2).collect();
    assert_eq!(roles(&mapping), expected);
}

#[test]
fn values_overrule_a_header_that_cannot_be_true() {
    const COLUMNS: Columns = &[
        ("Email", "phone+", ""),
        ("Phone", "email", ""),
        ("Birthdate", "given", ""),
        ("Postcode", "full", ""),
        ("Gender", "city", ""),
    ];
    let mapping = detect(&source(COLUMNS, false), &DetectOptions::default());
    let found = roles(&mapping);
    for (guess, never) in found.iter().zip(["email", "phone", "birth_date", "postcode", "gender"]) {
        assert_ne!(guess, never);
    }
    assert_eq!(found[1], "email");
}

#[test]
fn the_record_id_is_unique_or_named() {
    let mut builder = SourceBuilder::new("s");
    for (id, name) in [("1", "Ana Ruiz"), ("2", "Eva Gil"), ("2", "Eva Gil Sanz")] {
        builder.push([("id", [id].as_slice()), ("name", [name].as_slice())]);
    }
    let source = builder.finish().unwrap();
    assert_eq!(roles(&detect(&source, &DetectOptions::default()))[0], "carry");
    let options = DetectOptions { id: Some("ID".into()), ..DetectOptions::default() };
    assert_eq!(roles(&detect(&source, &options))[0], "record_id");
    let options = DetectOptions {
        ignore: vec!["name".into()],
        roles: vec![("id".into(), Role::Skip)],
        ..DetectOptions::default()
    };
    assert_eq!(roles(&detect(&source, &options)), ["skip", "skip"]);
}

#[test]
fn ids_that_repeat_between_named_sources() {
    let mut builder = SourceBuilder::new("s");
    for number in 0..40 {
        let (id, system) = ((number / 2).to_string(), ["crm", "shop"][number % 2]);
        let mail = format!("p{number}@example.com");
        builder.push([
            ("id", [id.as_str()].as_slice()),
            ("source", [system].as_slice()),
            ("email", [mail.as_str()].as_slice()),
        ]);
    }
    let mapping = detect(&builder.finish().unwrap(), &DetectOptions::default());
    assert_eq!(roles(&mapping), ["record_id", "source_name", "email"]);
}

#[test]
fn region_language_and_date_order() {
    let mapping = |columns| detect(&source(columns, false), &DetectOptions::default());
    let spanish = mapping(&[
        ("Nombre", "given", ""),
        ("Apellidos", "surnames", ""),
        ("Teléfono", "phone", ""),
        ("Fecha nacimiento", "dmy", ""),
    ]);
    assert_eq!(
        (spanish.region.as_deref(), spanish.locale.as_deref(), spanish.day_first),
        (Some("ES"), Some("es-ES"), Some(true))
    );
    let american = mapping(&[("name", "full", ""), ("dob", "mdy", "")]);
    assert_eq!(american.day_first, Some(false));
    let iso = mapping(&[("name", "full", ""), ("dob", "birth", "")]);
    assert_eq!((iso.day_first, iso.region), (None, None));
    let split = mapping(&[("Vorname", "given", ""), ("Geburtsjahr", "year", "")]);
    assert_eq!(split.day_first, None);
    let given = DetectOptions {
        region: Some("MX".into()),
        locale: Some("es-MX".into()),
        day_first: Some(false),
        ..DetectOptions::default()
    };
    let given = detect(&source(&[("name", "full", "")], false), &given);
    assert_eq!(
        (given.region.as_deref(), given.locale.as_deref(), given.day_first),
        (Some("MX"), Some("es-MX"), Some(false))
    );
}

#[test]
fn the_order_of_records_does_not_matter() {
    let forward = source(SALESFORCE_CONTACT, false);
    let backward = forward.gather(&(0..PEOPLE.len() as u32).rev().collect::<Vec<u32>>());
    assert_eq!(detect(&forward, &DetectOptions::default()), detect(&backward, &DetectOptions::default()));
}

#[test]
fn reasons_hold_no_value() {
    let mapping = detect(&source(SALESFORCE_CONTACT, false), &DetectOptions::default());
    let text = format!("{:?}", mapping.fields.iter().map(|guess| &guess.reasons).collect::<Vec<_>>());
    for person in PEOPLE {
        assert!(!text.contains(person[0]) && !text.contains(person[2]) && !text.contains(person[11]));
    }
}

#[test]
fn empty_sources_and_columns() {
    let none = SourceBuilder::new("none").finish().unwrap();
    assert!(detect(&none, &DetectOptions::default()).fields.is_empty());
    let mut builder = SourceBuilder::new("empty");
    builder.push([("Email", [""].as_slice()), ("", [""].as_slice()), ("id", [""].as_slice())]);
    let mapping = detect(&builder.finish().unwrap(), &DetectOptions::default());
    assert_eq!(roles(&mapping), ["email", "carry", "carry"]);
}

#[test]
fn secrets_are_known_by_name() {
    for header in ["password_hash", "rp_token", "Contraseña", "Passwort", "senha", "credit_card_number"] {
        assert!(is_secret_header(header), "{header}");
    }
    assert!(!is_secret_header("passport_number") && !is_secret_header("Email"));
}
