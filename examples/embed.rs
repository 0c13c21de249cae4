//! A service with structs of its own: consolidate, see where values come from, record what a person knows, run again and see
//! what changed. `cargo run --release --example embed`.

use quilate::{Config, Judgement, RecordKey, Resolution, Result, State, Table, consolidate_in};

/// What the service keeps of a customer, in whichever table it found them.
#[derive(serde::Serialize)]
struct Account {
    id: u32,
    full_name: &'static str,
    email: Option<&'static str>,
    phone: Option<&'static str>,
    birth_date: Option<&'static str>,
    city: &'static str,
    updated_at: &'static str,
}

const fn account(id: u32, full_name: &'static str, city: &'static str, updated_at: &'static str) -> Account {
    Account { id, full_name, email: None, phone: None, birth_date: None, city, updated_at }
}

fn accounts() -> Vec<Account> {
    vec![
        Account {
            email: Some("mjgarcia@telefonica.net"),
            phone: Some("617 345 908"),
            birth_date: Some("1979-05-17"),
            ..account(1, "María José García López", "Madrid", "2024-03-01")
        },
        Account {
            email: Some("mjgarcia@telefonica.net"),
            phone: Some("+34617345908"),
            birth_date: Some("1979-05-17"),
            ..account(2, "Mª José García", "Madrid", "2025-11-20")
        },
        Account { email: Some("pau@vila.cat"), ..account(3, "Pau Vila Soler", "Girona", "2025-01-09") },
        Account { phone: Some("655 018 247"), ..account(4, "Pere Vila Soler", "Girona", "2025-06-30") },
        Account { email: Some("nuria@ochoa.es"), ..account(5, "Nuria Ochoa Leiva", "Bilbao", "2023-08-15") },
    ]
}

/// The key under which the library knows an account.
fn key(id: u32) -> RecordKey {
    RecordKey::new("app", id.to_string())
}

/// The customer of an account, cell by cell.
fn show(out: &mut Vec<String>, resolution: &Resolution, id: u32) {
    let Some(record) = resolution.records().find("app", &id.to_string()) else { return };
    let golden = resolution.golden_record(resolution.entities().entity_of(record));
    out.push(format!("\nCustomer {} (quality {})", resolution.customer_id(golden.entity), golden.quality));
    for value in &golden.values {
        let origin = resolution.records().id(value.record);
        out.push(format!(
            "  {:12} {:28} from account {origin}, decided by {}",
            value.field, value.text, value.rule
        ));
    }
}

/// The whole story, line by line.
pub fn story() -> Result<Vec<String>> {
    let mut out = Vec::new();
    let config = Config { as_of: Some("2026-01-31".to_owned()), ..Config::default() };
    let table = || Table::from_records("app", accounts());

    let (first, mut state) = consolidate_in(table()?, &config, &State::default())?;
    out.push(format!("{} accounts are {} customers.", first.records().len(), first.entities().len()));
    show(&mut out, &first, 1);

    out.push("\nPau calls: the account with the telephone is his as well.".to_owned());
    let judgement = Judgement::link(key(3), key(4)).signed("support", "2026-01-31", "he knows the number");
    state.judgements.record(judgement)?;
    let (second, mut state) = consolidate_in(table()?, &config, &state)?;
    out.extend(events(&second));
    show(&mut out, &second, 3);

    out.push("\nIt was his brother. The link is taken back, and both are as if nothing had been.".to_owned());
    state.judgements.record(Judgement::cannot_link(key(3), key(4)).signed(
        "support",
        "2026-02-02",
        "two people",
    ))?;
    let (third, state) = consolidate_in(table()?, &config, &state)?;
    out.extend(events(&third));
    show(&mut out, &third, 3);
    show(&mut out, &third, 4);

    // A service that stops keeps its state in a folder: `io::state::write_state`, and reads it when it starts.
    let (fourth, _) = consolidate_in(table()?, &config, &state)?;
    out.push(format!("\nRun again without news: {} events.", fourth.events().len()));
    Ok(out)
}

fn events(resolution: &Resolution) -> Vec<String> {
    let told = |event: &quilate::registry::Event| match event.other() {
        Some(other) => {
            format!("  event: customer {} {} {other}", event.entity(), event.name().replace('_', " "))
        }
        None => format!("  event: customer {} {}", event.entity(), event.name()),
    };
    resolution.events().iter().map(told).collect()
}

#[allow(dead_code, reason = "the test of this example reads the story itself")]
fn main() -> Result<()> {
    story()?.iter().for_each(|line| println!("{line}"));
    Ok(())
}
