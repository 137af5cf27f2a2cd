//! A short notation of JSON shapes, so that the schema of plans can be read beside core's types.
//!
//! ```text
//! { name: text, skip?: text }        an object; `?` may be absent; nothing else is allowed
//! {*: image}                         an object with names of its own
//! [claim]                            a list
//! stop{ database: flag } | fetch     one of: an object of one field, or its bare name
//! pin({*: image})                    one of: an object of one field that holds this
//! step                               something defined elsewhere
//! text?                              or null
//! ```

use serde_json::{Map, Value, json};

/// The schema of a shape.
pub(super) fn shape(notation: &str) -> Value {
    let mut reader = Reader { rest: notation };
    let shape = reader.alternatives();
    debug_assert!(reader.rest.trim().is_empty(), "left over: {}", reader.rest);
    shape
}

/// A reference to a definition.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// Objects with these fields and no others.
pub(super) fn object(fields: Map<String, Value>, required: Vec<Value>) -> Value {
    json!({
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": false,
    })
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Whether this sign comes next; if so it is passed.
    fn passes(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, sign: &str) {
        assert!(self.passes(sign), "{sign} expected at: {}", self.rest);
    }

    fn name(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let end = self.rest.find(|c| !of_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    fn alternatives(&mut self) -> Value {
        if self.passes("{") {
            return self.object();
        }
        if self.passes("[") {
            let items = self.alternatives();
            self.expect("]");
            return json!({ "type": "array", "items": items });
        }
        let first = self.name();
        if self.passes("?") {
            return json!({ "anyOf": [reference(first), { "type": "null" }] });
        }
        let mut bare = Vec::new();
        let mut tagged = Vec::new();
        let mut name = first;
        loop {
            if self.passes("{") {
                tagged.push(variant(name, self.object()));
            } else if self.passes("(") {
                tagged.push(variant(name, self.alternatives()));
                self.expect(")");
            } else {
                bare.push(Value::from(name));
            }
            if !self.passes("|") {
                break;
            }
            name = self.name();
        }
        match (bare.len(), tagged.len()) {
            (1, 0) => reference(first),
            (_, 0) => json!({ "enum": bare }),
            (0, 1) => tagged.remove(0),
            (0, _) => json!({ "oneOf": tagged }),
            _ => {
                tagged.insert(0, json!({ "enum": bare }));
                json!({ "oneOf": tagged })
            }
        }
    }

    /// What follows an opening brace.
    fn object(&mut self) -> Value {
        let mut fields = Map::new();
        let mut required = Vec::new();
        if self.passes("*") {
            self.expect(":");
            let values = self.alternatives();
            self.expect("}");
            return json!({ "type": "object", "additionalProperties": values });
        }
        while !self.passes("}") {
            let name = self.name();
            let optional = self.passes("?");
            self.expect(":");
            fields.insert(name.to_owned(), self.alternatives());
            if !optional {
                required.push(name.into());
            }
            self.passes(",");
        }
        object(fields, required)
    }
}

/// An object whose one field is the variant's name.
fn variant(name: &str, value: Value) -> Value {
    let mut fields = Map::new();
    fields.insert(name.to_owned(), value);
    object(fields, vec![name.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert_eq!(shape("text"), json!({ "$ref": "#/$defs/text" }));
        assert_eq!(shape("new | old"), json!({ "enum": ["new", "old"] }));
        let field = json!({
            "type": "object",
            "properties": { "a": { "type": "array", "items": { "$ref": "#/$defs/text" } } },
            "required": [],
            "additionalProperties": false,
        });
        assert_eq!(shape("{ a?: [text] }"), field);
        let either = shape("fetch | stop{ a?: [text] }");
        assert_eq!(either["oneOf"][0], json!({ "enum": ["fetch"] }));
        assert_eq!(either["oneOf"][1]["properties"]["stop"], field);
    }
}
