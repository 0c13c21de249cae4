//! Identifiers: python-stdnum.

use quilate::normalize::Hint;
use quilate::normalize::identifier::identifier;

use crate::{Score, Suite, field, lines};

pub const SUITES: &[Suite] = &[
    Suite { name: "python-stdnum: valid numbers", floor: 3409, run: valid_numbers },
    Suite { name: "python-stdnum: validate", floor: 239, run: doctests },
    Suite { name: "python-stdnum: format", floor: 33, run: formats },
];

/// The module of a scheme, the country to read its numbers in, and the scheme.
const MODULES: &[(&str, &str, &str)] = &[
    ("ar.cuit", "AR", "CUIT"),
    ("ar.dni", "AR", "DNI_AR"),
    ("at.uid", "AT", "UID_AT"),
    ("be.nn", "BE", "NN"),
    ("be.vat", "BE", "KBO"),
    ("bg.vat", "BG", "VAT_BG"),
    ("br.cnpj", "BR", "CNPJ"),
    ("br.cpf", "BR", "CPF"),
    ("ca.sin", "CA", "SIN"),
    ("ch.ssn", "CH", "AHV"),
    ("ch.uid", "CH", "UID_CH"),
    ("ch.vat", "CH", "UID_CH"),
    ("cl.rut", "CL", "RUT_CL"),
    ("co.nit", "CO", "NIT_CO"),
    ("cr.cpf", "CR", "CPF_CR"),
    ("cr.cpj", "CR", "CPJ_CR"),
    ("cy.vat", "CY", "VAT_CY"),
    ("cz.dic", "CZ", "VAT_CZ"),
    ("cz.rc", "CZ", "VAT_CZ"),
    ("de.idnr", "DE", "IDNR"),
    ("de.vat", "DE", "USTIDNR"),
    ("dk.cpr", "DK", "CPR"),
    ("dk.cvr", "DK", "CVR"),
    ("do.cedula", "DO", "CEDULA_DO"),
    ("do.rnc", "DO", "RNC"),
    ("ec.ci", "EC", "CI_EC"),
    ("ec.ruc", "EC", "RUC_EC"),
    ("ee.kmkr", "EE", "VAT_EE"),
    ("es.ccc", "ES", "CCC"),
    ("es.cif", "ES", "CIF"),
    ("es.dni", "ES", "DNI"),
    ("es.iban", "ES", "IBAN"),
    ("es.nie", "ES", "NIE"),
    ("es.nif", "ES", "DNI CIF NIE NIF_KLM"),
    ("fi.alv", "FI", "VAT_FI"),
    ("fi.hetu", "FI", "HETU"),
    ("fr.nir", "FR", "NIR"),
    ("fr.siren", "FR", "SIREN"),
    ("fr.siret", "FR", "SIRET"),
    ("fr.tva", "FR", "TVA"),
    ("gb.nhs", "GB", "NHS"),
    ("gb.utr", "GB", "UTR"),
    ("gb.vat", "GB", "VAT_GB"),
    ("gr.vat", "GR", "VAT_GR"),
    ("gt.nit", "GT", "NIT_GT"),
    ("hr.oib", "HR", "OIB"),
    ("hu.anum", "HU", "VAT_HU"),
    ("iban", "", "IBAN"),
    ("ie.pps", "IE", "PPS"),
    ("ie.vat", "IE", "VAT_IE PPS"),
    ("it.codicefiscale", "IT", "CF PIVA"),
    ("it.iva", "IT", "PIVA"),
    ("lei", "", "LEI"),
    ("lt.pvm", "LT", "VAT_LT"),
    ("lu.tva", "LU", "VAT_LU"),
    ("lv.pvn", "LV", "VAT_LV"),
    ("mt.vat", "MT", "VAT_MT"),
    ("mx.curp", "MX", "CURP"),
    ("mx.rfc", "MX", "RFC"),
    ("nl.bsn", "NL", "BSN"),
    ("nl.btw", "NL", "BTW"),
    ("no.fodselsnummer", "NO", "FODSELSNUMMER"),
    ("no.mva", "NO", "ORGNR_NO"),
    ("no.orgnr", "NO", "ORGNR_NO"),
    ("pe.ruc", "PE", "RUC_PE"),
    ("pl.nip", "PL", "NIP"),
    ("pl.pesel", "PL", "PESEL"),
    ("pl.regon", "PL", "REGON"),
    ("pt.cc", "PT", "CC_PT"),
    ("pt.nif", "PT", "NIF_PT"),
    ("py.ruc", "PY", "RUC_PY"),
    ("ro.cnp", "RO", "CNP"),
    ("ro.cui", "RO", "CUI"),
    ("se.orgnr", "SE", "ORGNR_SE PERSONNUMMER"),
    ("se.personnummer", "SE", "PERSONNUMMER"),
    ("se.vat", "SE", "VAT_SE"),
    ("si.ddv", "SI", "VAT_SI"),
    ("sk.dph", "SK", "VAT_SK"),
    ("sk.rc", "SK", "RC_SK VAT_SK"),
    ("sv.nit", "SV", "NIT_SV"),
    ("us.ein", "US", "EIN"),
    ("us.itin", "US", "ITIN"),
    ("us.ssn", "US", "SSN"),
    ("uy.rut", "UY", "RUT_UY"),
    ("ve.rif", "VE", "RIF"),
];

fn module_of(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.strip_prefix("stdnum.")?;
    MODULES.iter().find(|(module, ..)| *module == name).map(|(_, country, schemes)| (*country, *schemes))
}

/// Whether a number is read as a valid one of the schemes.
fn holds(number: &str, country: &str, schemes: &str) -> bool {
    let region = Some(country).filter(|c| !c.is_empty());
    let got = identifier(number, &Hint { region, locale: None });
    got.parts.valid == Some(true) && got.parts.scheme.is_some_and(|s| schemes.split(' ').any(|one| one == s))
}

fn valid_numbers() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/stdnum/stdnum_bulk_valid_numbers.jsonl")? {
        let (module, number) = (field(case, "module"), field(case, "number"));
        // The numbers of all member states: the prefix says which.
        if module == "stdnum.eu.vat" {
            let got = identifier(number, &Hint::default());
            score.case(got.parts.valid == Some(true), || format!("{module} {number}: {:?}", got.parts));
        } else if let Some((country, schemes)) = module_of(module) {
            score.case(holds(number, country, schemes), || format!("{module} {number}"));
        }
    }
    Some(score)
}

fn doctests() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/stdnum/stdnum_doctests.jsonl")? {
        let Some((country, schemes)) = module_of(field(case, "module")) else { continue };
        let Some(number) = case["args"][0].as_str().filter(|_| field(case, "fn") == "validate") else {
            continue;
        };
        let expected = case["expected"].is_string();
        let got = holds(number, country, schemes);
        score.case(got == expected, || {
            format!("{} {number:?}: valid {expected}, got {got}", field(case, "module"))
        });
    }
    Some(score)
}

fn formats() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/stdnum/stdnum_doctests.jsonl")? {
        let Some((country, _)) = module_of(field(case, "module")) else { continue };
        let Some(number) = case["args"][0].as_str().filter(|_| field(case, "fn") == "format") else {
            continue;
        };
        let Some(expected) = case["expected"].as_str() else { continue };
        let region = Some(country).filter(|c| !c.is_empty());
        let got = identifier(number, &Hint { region, locale: None }).parts.formatted();
        score.case(got == expected, || {
            format!("{} {number:?}: {expected:?}, got {got:?}", field(case, "module"))
        });
    }
    Some(score)
}
