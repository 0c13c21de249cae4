//! Stage `detect`.
mod headers;
mod shapes;
mod vocabulary;
pub use headers::is_secret_header;
