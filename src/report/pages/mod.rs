//! How runs look. `sheet` says what is told, in `blocks`: of one run (`single`), of some beside
//! each other (`beside`), of a fleet (`fleet`). Each format is one file: `text`, `markdown`, `html`,
//! `svg`, `csv`, `json`.

mod beside;
mod blocks;
pub(crate) mod csv;
mod fleet;
pub mod html;
pub(crate) mod json;
pub mod markdown;
mod sheet;
mod single;
pub(crate) mod svg;
mod tables;
#[cfg(test)]
mod tests;
pub mod text;
mod watched;
