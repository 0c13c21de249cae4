//! Stage `cluster`.

mod entities;

pub use entities::Entities;
