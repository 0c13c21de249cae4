//! How a country writes its numbers: compact characters in, groups and signs out.

/// The number in the groups of its scheme; empty when the scheme has none, or the length is of none of its patterns.
pub(super) fn grouped(scheme: &str, compact: &str) -> String {
    match scheme {
        "IBAN" => fours(compact),
        // Groups of three from the right, however many, before the check digit.
        "RUT_CL" | "NIT_CO" => thousands(compact),
        "NIT_GT" | "RUC_PY" => compact
            .char_indices()
            .last()
            .map_or_else(String::new, |(at, check)| format!("{}-{check}", &compact[..at])),
        _ => patterns(scheme).iter().find_map(|pattern| fill(pattern, compact)).unwrap_or_default(),
    }
}

/// `#` stands for a character of the number, anything else for itself.
fn patterns(scheme: &str) -> &'static [&'static str] {
    match scheme {
        "CCC" => &["####-####-## ##########"],
        "RFC" => &["#### ###### ###", "### ###### ###"],
        "CUIT" => &["##-########-#"],
        "DNI_AR" => &["##.###.###", "#.###.###"],
        "CPF" => &["###.###.###-##"],
        "CNPJ" => &["##.###.###/####-##"],
        "RUT_UY" => &["##-######-###-#"],
        "CI_UY" => &["#.###.###-#"],
        "RNC" => &["#-##-#####-#"],
        "CEDULA_DO" => &["###-#######-#"],
        "NIT_SV" => &["####-######-###-#"],
        "CPF_CR" => &["##-####-####"],
        "CPJ_CR" => &["#-###-######"],
        "SIREN" => &["### ### ###"],
        "SIRET" => &["### ### ### #####"],
        "NIR" => &["# ## ## ## ### ### ##"],
        "IDNR" => &["## ### ### ###"],
        "VAT_GB" => &["### #### ##", "### #### ## ###"],
        "NHS" => &["### ### ####"],
        "NINO" => &["## ## ## ## #"],
        "SSN" | "ITIN" => &["###-##-####"],
        "EIN" => &["##-#######"],
        "SIN" => &["###-###-###"],
        "BSN" => &["####.##.###"],
        "NN" => &["##.##.##-### ##"],
        "KBO" => &["####.###.###"],
        "AHV" => &["###.####.####.##"],
        "UID_CH" => &["###-###.###.###"],
        "NIP" => &["###-###-##-##"],
        "PERSONNUMMER" => &["######-####", "########-####"],
        "CPR" => &["######-####"],
        "FODSELSNUMMER" => &["###### #####"],
        "ORGNR_SE" => &["######-####"],
        "ORGNR_NO" => &["### ### ###"],
        "RC_SK" => &["######/####", "######/###"],
        "CC_PT" => &["######## # ###"],
        _ => &[],
    }
}

fn fill(pattern: &str, compact: &str) -> Option<String> {
    if pattern.bytes().filter(|&b| b == b'#').count() != compact.chars().count() {
        return None;
    }
    let mut rest = compact.chars();
    pattern.chars().map(|sign| if sign == '#' { rest.next() } else { Some(sign) }).collect()
}

fn fours(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() + compact.len() / 4);
    for (at, c) in compact.chars().enumerate() {
        if at > 0 && at.is_multiple_of(4) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// `760864285` as `76.086.428-5`.
fn thousands(compact: &str) -> String {
    const SHORTEST: usize = 2;
    let count = compact.chars().count();
    if count < SHORTEST {
        return String::new();
    }
    let mut out = String::with_capacity(compact.len() + compact.len() / 2);
    for (at, c) in compact.chars().enumerate() {
        let left = count - 1 - at;
        if left == 0 {
            out.push('-');
        } else if at > 0 && left.is_multiple_of(3) {
            out.push('.');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        for (scheme, compact, written) in [
            ("RUT_CL", "760864285", "76.086.428-5"),
            ("RUT_CL", "5126663", "512.666-3"),
            ("NIT_CO", "2131234321", "213.123.432-1"),
            ("IBAN", "ES9121000418450200051332", "ES91 2100 0418 4502 0005 1332"),
            ("RFC", "GODE561231GR8", "GODE 561231 GR8"),
            ("RFC", "ABC840101AB1", "ABC 840101 AB1"),
            ("DNI", "54362315K", ""),
            ("CPF", "123", ""),
            ("NIT_GT", "", ""),
        ] {
            assert_eq!(grouped(scheme, compact), written, "{scheme} {compact}");
        }
    }
}
