//! The configuration of a run, as text.

use std::ffi::c_char;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use quilate::io::{arrow, labels_of};
use quilate::pipeline::stages::columns_of;
use quilate::{Config, Error, ErrorKind};

use crate::boundary::{Out, borrow};
use crate::error::Failure;
use crate::run::on_threads;
use crate::stream;
use crate::table::{self, ql_table};
use crate::text::{self, ql_text};

/// A checked configuration.
pub struct ql_config {
    pub(crate) config: Config,
}

/// The configuration behind a pointer, or the default behind null.
pub(crate) fn config_of(config: *const ql_config) -> Config {
    // SAFETY: by the contract null or valid.
    unsafe { config.as_ref() }.map(|config| config.config.clone()).unwrap_or_default()
}

/// JSON where the text begins with a brace, as no TOML document can; TOML otherwise, the empty text included.
pub(crate) fn parse(text: &str) -> Result<Config, Failure> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with('{') {
        return Ok(Config::from_toml(text)?);
    }
    let config: Config = serde_json::from_str(text).map_err(|error| {
        Error::new(ErrorKind::Config, error.to_string()).at("configuration").line(error.line() as u64)
    })?;
    config.validate()?;
    Ok(config)
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<ql_text, Failure> {
    let text =
        serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::Format, error.to_string()))?;
    Ok(ql_text::new(text))
}

fallible! {
    /// Reads a configuration from JSON or TOML, and checks all that can be checked without data.
    fn ql_config_parse(content: *const c_char, content_len: usize, config: *mut *mut ql_config) {
        let out = Out::new(config, "config")?;
        out.give(ql_config { config: parse(text::borrow(content, content_len, "content")?)? });
    }

    /// The configuration (NULL: the default) with what is detected about the table written into it: the role of each column,
    /// country, language, order of dates.
    fn ql_config_detect(table: *const ql_table, config: *const ql_config, detected: *mut *mut ql_config) {
        let out = Out::new(detected, "detected")?;
        let (table, config) = (table::records(table)?.copy()?, config_of(config));
        out.give(ql_config { config: on_threads(0, || columns_of(&table, &config))?? });
    }

    /// The configuration (NULL: the default) with pairs of records that people have labelled, to train on: `source_l`, `id_l`,
    /// `source_r`, `id_r` and `label` (1 for one customer, 0 for two). They take the place of those that were there, force
    /// nothing, and are not written by ql_config_to_json and ql_config_to_toml.
    fn ql_config_label(config: *const ql_config, labels: *mut FFI_ArrowArrayStream, labelled: *mut *mut ql_config) {
        let labels = stream::take(labels, "labels");
        let out = Out::new(labelled, "labelled")?;
        let (labels, mut config) = (labels?, config_of(config));
        let rows = on_threads(0, move || arrow::read("labels", labels, &|_| false))??.source;
        config.labels = labels_of(&rows)?;
        out.give(ql_config { config });
    }

    /// The configuration as JSON.
    fn ql_config_to_json(config: *const ql_config, content: *mut *mut ql_text) {
        let out = Out::new(content, "content")?;
        out.give(json(&borrow(config, "config")?.config)?);
    }

    /// The configuration as TOML, for people to edit.
    fn ql_config_to_toml(config: *const ql_config, content: *mut *mut ql_text) {
        let out = Out::new(content, "content")?;
        out.give(ql_text::new(borrow(config, "config")?.config.to_toml()?));
    }
}

frees! {
    /// Frees a configuration.
    fn ql_config_free(ql_config)
}
