//! Reasons to look at a customer today.

use super::config::HistoryConfig;
use super::metrics::Metrics;
use super::words::words;

/// Days after which a customer who is late is no longer about to leave, but gone.
const NEWS_DAYS: i32 = 365;

words! {
    /// What the matter is.
    AlarmKind {
        /// Later with an order than its own rhythm allows.
        LateOrder = "late_order",
        /// Complaints within a short time.
        ComplaintSpike = "complaint_spike",
        /// Wants to hear no more of us over a channel.
        OptOut = "opt_out",
        /// A contract ends soon.
        ContractEnd = "contract_end",
        /// A warranty ends soon.
        WarrantyEnd = "warranty_end",
    }
}

/// One alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// What the matter is.
    pub kind: AlarmKind,
    /// The day that it is about, in days since 1970: since when the customer is late, when it complained last, when the
    /// contract ends.
    pub day: i32,
    /// The figures behind it, in words.
    pub evidence: String,
}

/// The alarms of a customer on a day, in the order of kinds, then days.
pub fn alarms(metrics: &Metrics, config: &HistoryConfig, as_of: i32) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let limits = &config.alarms;
    if let (Some(due), Some(gap), Some(&last)) =
        (metrics.due(config), metrics.median_gap(), metrics.order_days.last())
        && as_of > due
        && as_of - due <= NEWS_DAYS
    {
        let evidence = format!(
            "{} orders with a median gap of {gap} days, {} days since the last",
            metrics.order_days.len(),
            as_of - last
        );
        alarms.push(Alarm { kind: AlarmKind::LateOrder, day: due, evidence });
    }
    let within = |day: &&i32| as_of - **day < limits.complaint_days as i32;
    let recent = metrics.complaint_days.iter().filter(within).count();
    if let (Some(&day), true) = (metrics.complaint_days.last(), recent >= limits.complaints.max(1) as usize) {
        let before = metrics.complaint_days.len() - recent;
        let evidence = format!("{recent} complaints in {} days, {before} before", limits.complaint_days);
        alarms.push(Alarm { kind: AlarmKind::ComplaintSpike, day, evidence });
    }
    for &(day, channel) in &metrics.optouts {
        if as_of - day <= limits.optout_days as i32 {
            let evidence = format!("opted out of {}", channel.name());
            alarms.push(Alarm { kind: AlarmKind::OptOut, day, evidence });
        }
    }
    for (kind, days) in
        [(AlarmKind::ContractEnd, &metrics.contracts), (AlarmKind::WarrantyEnd, &metrics.warranties)]
    {
        for &day in days.iter().filter(|&&day| day - as_of <= limits.expiry_days as i32) {
            alarms.push(Alarm { kind, day, evidence: format!("ends in {} days", day - as_of) });
        }
    }
    alarms
}
