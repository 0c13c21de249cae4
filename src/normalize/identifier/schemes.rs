//! The schemes of each country, in the order in which they are tried.

use std::sync::LazyLock;

use super::super::ascii::Lookup;
use super::Entity::{self, Account, Company, Either, Person};
use super::{checks, european};

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
    ($($list:ident $country:literal: $($name:literal $entity:ident $module:ident::$check:ident $($telling:ident)?),+;)+) => {
        $(static $list: &[Scheme] = &[$(Scheme {
            name: $name,
            country: $country,
            entity: $entity,
            check: $module::$check,
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
    INTERNATIONAL "": "IBAN" Account checks::iban telling, "LEI" Company checks::lei telling;
    ES "ES": "DNI" Person checks::dni telling, "NIE" Person checks::nie telling, "NIF_KLM" Person checks::nif_klm telling,
        "CIF" Company checks::cif telling, "NSS" Person checks::nss, "CCC" Account checks::ccc telling;
    MX "MX": "RFC" Either checks::rfc telling, "CURP" Person checks::curp telling;
    AR "AR": "CUIT" Either checks::cuit, "DNI_AR" Person checks::seven_or_eight_digits;
    CL "CL": "RUT_CL" Either checks::rut_cl;
    CO "CO": "NIT_CO" Either checks::nit_co, "CC_CO" Person checks::six_to_ten_digits;
    PE "PE": "RUC_PE" Either checks::ruc_pe, "DNI_PE" Person checks::eight_digits;
    BR "BR": "CPF" Person checks::cpf, "CNPJ" Company checks::cnpj telling;
    EC "EC": "CI_EC" Person checks::cedula_ec, "RUC_EC" Either checks::ruc_ec;
    GT "GT": "NIT_GT" Either checks::nit_gt;
    UY "UY": "RUT_UY" Company checks::rut_uy, "CI_UY" Person checks::ci_uy;
    PY "PY": "RUC_PY" Either checks::ruc_py;
    VE "VE": "RIF" Either checks::rif telling;
    DO "DO": "RNC" Company checks::rnc, "CEDULA_DO" Person checks::cedula_do;
    CR "CR": "CPJ_CR" Company european::cpj_cr, "CPF_CR" Person european::cpf_cr;
    SV "SV": "NIT_SV" Either european::nit_sv;
    PT "PT": "NIF_PT" Either checks::nif_pt, "CC_PT" Person european::cc_pt telling;
    FR "FR": "SIRET" Company checks::siret, "SIREN" Company checks::siren, "NIR" Person checks::nir telling, "TVA" Company checks::tva_fr;
    IT "IT": "CF" Person checks::codice_fiscale telling, "PIVA" Company checks::partita_iva;
    DE "DE": "USTIDNR" Company checks::vat_de, "IDNR" Person checks::idnr_de;
    GB "GB": "NINO" Person checks::nino, "VAT_GB" Company checks::vat_gb, "UTR" Either checks::utr, "NHS" Person checks::nhs,
        "CRN" Company european::crn;
    US "US": "SSN" Person checks::ssn, "ITIN" Person european::itin, "EIN" Company checks::ein;
    CA "CA": "SIN" Person checks::sin;
    NL "NL": "BSN" Person checks::bsn, "BTW" Company checks::btw telling;
    BE "BE": "NN" Person checks::nn_be, "KBO" Company checks::kbo;
    CH "CH": "AHV" Person checks::ahv telling, "UID_CH" Company checks::uid_ch telling;
    AT "AT": "UID_AT" Company checks::uid_at;
    IE "IE": "PPS" Person checks::pps, "VAT_IE" Company european::vat_ie;
    PL "PL": "PESEL" Person checks::pesel, "NIP" Either checks::nip, "REGON" Company european::regon;
    RO "RO": "CNP" Person checks::cnp, "CUI" Company checks::cui_ro;
    SE "SE": "VAT_SE" Company european::vat_se, "PERSONNUMMER" Person checks::personnummer, "ORGNR_SE" Company european::orgnr_se;
    NO "NO": "FODSELSNUMMER" Person checks::fodselsnummer, "ORGNR_NO" Company european::orgnr_no;
    DK "DK": "CVR" Company european::cvr, "CPR" Person european::cpr;
    FI "FI": "HETU" Person checks::hetu, "VAT_FI" Company european::vat_fi;
    BG "BG": "VAT_BG" Either european::vat_bg;
    CY "CY": "VAT_CY" Either european::vat_cy;
    CZ "CZ": "VAT_CZ" Either european::vat_cz;
    EE "EE": "VAT_EE" Company european::vat_ee;
    GR "GR": "VAT_GR" Either european::vat_gr;
    HR "HR": "OIB" Either european::oib;
    HU "HU": "VAT_HU" Either european::vat_hu;
    LT "LT": "VAT_LT" Company european::vat_lt;
    LU "LU": "VAT_LU" Company european::vat_lu;
    LV "LV": "VAT_LV" Either european::vat_lv;
    MT "MT": "VAT_MT" Company european::vat_mt;
    SI "SI": "VAT_SI" Either european::vat_si;
    SK "SK": "VAT_SK" Company european::vat_sk, "RC_SK" Person european::number_of_birth;
}

/// The schemes that a check digit tells without knowing the country.
pub(super) fn telling() -> &'static [&'static Scheme] {
    static TELLING: LazyLock<Vec<&'static Scheme>> = LazyLock::new(|| all().filter(|s| s.telling).collect());
    &TELLING
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
    ("ustidnr", "USTIDNR"),
    ("ustid", "USTIDNR"),
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
    ("vatin", ""),
    ("vatregno", ""),
    ("vatnumber", ""),
    ("umsatzsteuerid", "USTIDNR"),
    ("clave", ""),
    ("ccc", "CCC"),
    ("cuenta", ""),
    ("numcuenta", ""),
    ("identificacion", ""),
    ("identificacionfiscal", ""),
    ("niss", ""),
    ("contribuyente", ""),
    ("oib", "OIB"),
    ("cvr", "CVR"),
    ("cpr", "CPR"),
    ("orgnr", ""),
    ("personnummer", "PERSONNUMMER"),
    ("rijksregisternummer", "NN"),
    ("ondernemingsnummer", "KBO"),
    ("pps", "PPS"),
    ("ppsn", "PPS"),
    ("itin", "ITIN"),
    ("crn", "CRN"),
    ("companyno", "CRN"),
    ("regon", "REGON"),
    ("avs", "AHV"),
    ("codfiscale", "CF"),
    ("codfisc", "CF"),
    ("partiva", "PIVA"),
    ("steueridnr", "IDNR"),
    ("afm", "VAT_GR"),
    ("ytunnus", "VAT_FI"),
    ("dic", ""),
    ("ico", ""),
];

/// Why a number stands for none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Filler {
    /// Typed because something had to be.
    Known,
    /// A legal number for customers without one.
    Generic,
}

/// Whether a compact number stands for none.
pub(super) fn filler(compact: &str) -> Option<Filler> {
    static TABLE: LazyLock<Lookup<Filler>> = LazyLock::new(|| {
        let known = FILLERS.iter().map(|number| (*number, Filler::Known));
        known.chain(GENERIC.iter().map(|number| (*number, Filler::Generic))).collect()
    });
    TABLE.get(compact).copied()
}

/// Numbers that fill a required field although some of them pass their check.
const FILLERS: &[&str] = &[
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
    "X9999999J",
    "XXXX010101000",
    "99999999",
    "20000000000",
    "23000000000",
    "20000000001",
    "123456789Z",
    "19",
];

/// Legal numbers for customers without one: Mexico's general public and foreigners, Chile's and Portugal's, Colombia's
/// and Ecuador's final consumers.
const GENERIC: &[&str] = &[
    "XAXX010101000",
    "XEXX010101000",
    "666666666",
    "555555555",
    "999999990",
    "222222222222",
    "9999999999999",
];
