//! The example of a service tells what it says it does.

#[path = "../examples/embed.rs"]
mod embed;

#[test]
fn a_judgement_is_told_and_taken_back() {
    let story = embed::story().unwrap();
    let text = story.join("\n");
    assert!(text.starts_with("5 accounts are 4 customers."), "{text}");
    let events: Vec<&String> = story.iter().filter(|line| line.starts_with("  event: ")).collect();
    assert_eq!(events, ["  event: customer 3 merged 2", "  event: customer 3 split from 2"], "{text}");
    assert!(text.ends_with("Run again without news: 0 events."), "{text}");
    // Where a value comes from: both accounts know the date of birth, and the later one says it.
    let birth = story.iter().find(|line| line.contains("birth_date")).unwrap();
    assert!(
        birth.contains("1979-05-17") && birth.contains("from account 2, decided by updated_at"),
        "{birth}"
    );
}
