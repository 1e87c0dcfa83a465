//! Holds docs/schemas/ against the types of documents and journals. The program prints those files
//! (`shmeter generate schema`), and has no generator of schemas in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use crate::probe::capture::Capture;
use crate::report::explain::{CatalogueDocument, ExplainDocument};
use crate::report::ls::LsDocument;
use crate::report::pages::json::ReportDocument;
use crate::report::run::RunDocument;
use crate::report::watch::{self, WatchDocument};
use crate::report::{BenchDocument, CompareDocument, Document, FillDocument};
use crate::report::{journal, run};
use crate::schema;

/// Makes the schema of that name.
type Of = fn(&str) -> Schema;

/// What describes each type. A type more is a line here and one in `schema::SCHEMAS`.
const TYPES: &[(&str, Of)] = &[
    ("bench", of::<BenchDocument>),
    ("capture", of::<Capture>),
    ("compare", of::<CompareDocument>),
    ("explain", of::<Explain>),
    ("fill", of::<FillDocument>),
    ("fill-journal", of::<journal::Event<'static>>),
    ("inspect", of::<Document>),
    ("ls", of::<LsDocument>),
    ("report", of::<ReportDocument<'static>>),
    ("run", of::<RunDocument>),
    ("run-journal", of::<run::Event<'static>>),
    ("watch", of::<WatchDocument>),
    ("watch-journal", of::<watch::Event<'static>>),
];

const HOW_TO_RENEW: &str =
    "if that is meant, `SHMETER_RENEW=1 cargo test --lib schemas` writes what the types say";

/// What `shmeter explain` prints, without `--list` and with it.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)] // only its schema is used
enum Explain {
    Messages(ExplainDocument),
    List(CatalogueDocument),
}

/// The schema of a type as it is written.
fn of<T: JsonSchema>(name: &str) -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), format!("shmeter {name}").into());
    schema
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")
}

#[test]
fn the_schemas_in_docs_are_what_the_types_say() {
    for (name, of) in TYPES {
        let file = folder().join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&of(name)).unwrap() + "\n";
        if std::env::var_os("SHMETER_RENEW").is_some_and(|value| value == "1") {
            std::fs::write(&file, text).unwrap();
            continue;
        }
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(kept == text, "docs/schemas/{name}.json is not what the types say: {HOW_TO_RENEW}");
    }
}

#[test]
fn every_schema_has_a_type_a_file_and_a_name_that_can_be_typed() {
    let files = std::fs::read_dir(folder()).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.collect();
    let file = |name: &str| format!("{name}.json");
    assert_eq!(files, schema::names().map(file).collect());
    assert_eq!(files, TYPES.iter().map(|(name, _)| file(name)).collect());
}
