//! Punycode, RFC 3492, section 6.3: one label of an international domain name as ASCII. Encoding only.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// Longer labels cannot be valid (63 bytes encoded); the cap bounds the quadratic encoder.
const MAX_CHARS: usize = 63;

/// Appends the encoding of `label`, without `xn--`. `None` when the label is too long.
pub(super) fn encode_into(label: &str, out: &mut String) -> Option<()> {
    let count = label.chars().count();
    if count > MAX_CHARS {
        return None;
    }
    let basic = label.chars().filter(char::is_ascii).count();
    out.extend(label.chars().filter(char::is_ascii));
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias) = (INITIAL_N, 0u32, INITIAL_BIAS);
    let mut handled = basic;
    while handled < count {
        let next = label.chars().map(u32::from).filter(|&c| c >= n).min()?;
        let step = u32::try_from(handled + 1).ok()?;
        delta = delta.checked_add((next - n).checked_mul(step)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c == n {
                push_number(delta, bias, out);
                bias = adapt(delta, u32::try_from(handled + 1).ok()?, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(())
}

fn push_number(delta: u32, bias: u32, out: &mut String) {
    let mut q = delta;
    let mut k = BASE;
    loop {
        let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if q < t {
            out.push(digit(q));
            return;
        }
        out.push(digit(t + (q - t) % (BASE - t)));
        q = (q - t) / (BASE - t);
        k += BASE;
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value.wrapping_sub(26), 10).unwrap_or_else(|| char::from(b'a' + (value % 26) as u8))
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_known_labels() {
        let rows = [
            ("peña", "pea-8ma"),
            ("münchen", "mnchen-3ya"),
            ("bücher", "bcher-kva"),
            ("президент", "d1abbgf6aiiy"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("日本語", "wgv71a119e"),
        ];
        for (label, encoded) in rows {
            let mut out = String::new();
            assert_eq!((encode_into(label, &mut out), out.as_str()), (Some(()), encoded), "{label}");
        }
    }
}
