//! The JSON Schema of what reads and writes itself by hand. Not here: everything else, which has it from its serde attributes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::card::Amount;
use super::pool::PoolMember;

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

impl JsonSchema for PoolMember {
    fn schema_name() -> Cow<'static, str> {
        "PoolMember".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A member of a pool: their id, or an object where more is to be said.",
            "anyOf": [{ "type": "string" }, generator.subschema_for::<super::pool::Place>()],
        })
    }
}
