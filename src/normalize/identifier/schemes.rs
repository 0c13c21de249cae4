//! The schemes of each country, in the order in which they are tried.

use super::Entity::{self, Account, Company, Either, Person};
use super::checks;

/// One kind of identifier.
pub(super) struct Scheme {
    pub(super) name: &'static str,
    /// ISO 3166-1 alpha-2; empty for international ones.
    pub(super) country: &'static str,
    pub(super) entity: Entity,
    pub(super) check: fn(&[u8]) -> Option<bool>,
    /// Whether a check digit backs a positive check, so that the scheme may be recognised without knowing the country.
    pub(super) telling: bool,
}

macro_rules! schemes {
    ($($list:ident $country:literal: $($name:literal $entity:ident $check:ident $($telling:ident)?),+;)+) => {
        $(static $list: &[Scheme] = &[$(Scheme {
            name: $name,
            country: $country,
            entity: $entity,
            check: checks::$check,
            telling: schemes!(@telling $($telling)?),
        }),+];)+

        /// The schemes of a country.
        pub(super) fn of_country(country: &str) -> &'static [Scheme] {
            match country {
                $($country => $list,)+
                _ => &[],
            }
        }

        /// All schemes.
        pub(super) fn all() -> impl Iterator<Item = &'static Scheme> {
            [$($list),+].into_iter().flatten()
        }
    };
    (@telling telling) => { true };
    (@telling) => { false };
}

schemes! {
    INTERNATIONAL "": "IBAN" Account iban telling, "LEI" Company lei telling;
    ES "ES": "DNI" Person dni telling, "NIE" Person nie telling, "NIF_KLM" Person nif_klm telling, "CIF" Company cif telling,
        "NSS" Person nss, "CCC" Account ccc telling;
    MX "MX": "RFC" Either rfc telling, "CURP" Person curp telling;
    AR "AR": "CUIT" Either cuit, "DNI_AR" Person seven_or_eight_digits;
    CL "CL": "RUT_CL" Either rut_cl;
    CO "CO": "NIT_CO" Either nit_co, "CC_CO" Person six_to_ten_digits;
    PE "PE": "RUC" Either ruc_pe, "DNI_PE" Person eight_digits;
    BR "BR": "CPF" Person cpf, "CNPJ" Company cnpj telling;
    EC "EC": "CI_EC" Person cedula_ec, "RUC_EC" Either ruc_ec;
    GT "GT": "NIT_GT" Either nit_gt;
    SE "SE": "PERSONNUMMER" Person personnummer;
    NO "NO": "FODSELSNUMMER" Person fodselsnummer;
    FI "FI": "HETU" Person hetu;
    UY "UY": "RUT_UY" Company rut_uy, "CI_UY" Person ci_uy;
    PY "PY": "RUC_PY" Either ruc_py;
    VE "VE": "RIF" Either rif telling;
    DO "DO": "RNC" Company rnc, "CEDULA_DO" Person cedula_do;
    PT "PT": "NIF_PT" Either nif_pt;
    FR "FR": "SIRET" Company siret, "SIREN" Company siren, "NIR" Person nir telling, "TVA_FR" Company tva_fr;
    IT "IT": "CF" Person codice_fiscale telling, "PIVA" Company partita_iva;
    DE "DE": "VAT_DE" Company vat_de, "IDNR" Person idnr_de;
    GB "GB": "NINO" Person nino, "VAT_GB" Company vat_gb, "UTR" Either utr, "NHS" Person nhs;
    US "US": "SSN" Person ssn, "EIN" Company ein;
    CA "CA": "SIN" Person sin;
    NL "NL": "BSN" Person bsn, "BTW" Company btw telling;
    BE "BE": "NN_BE" Person nn_be, "KBO" Company kbo;
    CH "CH": "AHV" Person ahv telling, "UID_CH" Company uid_ch telling;
    AT "AT": "UID_AT" Company uid_at;
    IE "IE": "PPS" Person pps;
    PL "PL": "PESEL" Person pesel, "NIP" Either nip;
    RO "RO": "CNP" Person cnp, "CUI" Company cui_ro;
}

/// What people write before an identifier, folded, and the scheme it announces if it announces one.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("dni", ""),
    ("nif", ""),
    ("cif", ""),
    ("nie", "NIE"),
    ("nifcif", ""),
    ("cifnif", ""),
    ("dninie", ""),
    ("dninif", ""),
    ("nifnie", ""),
    ("nss", "NSS"),
    ("rfc", "RFC"),
    ("curp", "CURP"),
    ("cuit", "CUIT"),
    ("cuil", "CUIT"),
    ("rut", ""),
    ("run", "RUT_CL"),
    ("nit", "NIT_CO"),
    ("ruc", ""),
    ("cpf", "CPF"),
    ("cnpj", "CNPJ"),
    ("nipc", "NIF_PT"),
    ("siren", "SIREN"),
    ("siret", "SIRET"),
    ("nir", "NIR"),
    ("tva", ""),
    ("iva", ""),
    ("piva", "PIVA"),
    ("partitaiva", "PIVA"),
    ("cf", ""),
    ("codicefiscale", "CF"),
    ("ustidnr", "VAT_DE"),
    ("ustid", "VAT_DE"),
    ("steuerid", "IDNR"),
    ("idnr", "IDNR"),
    ("nino", "NINO"),
    ("ni", "NINO"),
    ("utr", "UTR"),
    ("ssn", "SSN"),
    ("ein", "EIN"),
    ("bsn", "BSN"),
    ("btw", "BTW"),
    ("kbo", "KBO"),
    ("pesel", "PESEL"),
    ("nip", "NIP"),
    ("cnp", "CNP"),
    ("cui", "CUI"),
    ("iban", "IBAN"),
    ("lei", "LEI"),
    ("vat", ""),
    ("vatid", ""),
    ("vatno", ""),
    ("taxid", ""),
    ("id", ""),
    ("no", ""),
    ("num", ""),
    ("numero", ""),
    ("documento", ""),
    ("doc", ""),
    ("pasaporte", ""),
    ("passport", ""),
    ("cc", ""),
    ("ci", ""),
    ("cedula", ""),
    ("rif", "RIF"),
    ("rnc", "RNC"),
    ("ahv", "AHV"),
    ("uid", ""),
    ("sin", "SIN"),
    ("contribuinte", "NIF_PT"),
    ("steuernummer", ""),
];

/// Numbers that fill a required field although some of them pass their check.
pub(super) const FILLERS: &[&str] = &[
    "12345678Z",
    "00000000T",
    "00000001R",
    "00000014Z",
    "99999999R",
    "X0000000T",
    "Y0000000Z",
    "Z0000000M",
    "X1234567L",
    "A00000000",
    "B00000000",
    "B12345678",
    "B12345674",
    "A12345674",
    "A12345678",
    "G00000000",
    "12345678A",
    "11111111A",
    "99999999A",
    "123456789",
    "1234567890",
    "12345678",
    "1234567",
    "123456",
    "987654321",
    "0123456789",
    "12345678909",
    "078051120",
    "219099999",
    "457555462",
    "987654320",
    "987654321",
    "987654329",
    "AB123456C",
    "QQ123456C",
    "123456789012",
    "12345678901",
    "A12345678B",
];

/// Legal numbers for customers without one: Mexico's general public and foreigners, Chile's anonymous buyers.
pub(super) const GENERIC: &[&str] = &["XAXX010101000", "XEXX010101000", "666666666", "555555555"];
