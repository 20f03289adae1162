//! A plan document that knows less: values that are known only after the apply.

use serde_json::{Value, json};

use super::transform::Dice;

/// Attributes that no access path needs; to forget them would only cost time.
const BESIDE: [&str; 14] = [
    "acceleration_status",
    "aliases",
    "caller_reference",
    "comment",
    "description",
    "etag",
    "forwarded_values",
    "last_modified_time",
    "restrictions",
    "tags",
    "tags_all",
    "timeouts",
    "trusted_signers",
    "viewer_certificate",
];

/// What an attribute whose value is not known yet is written with.
const WRITTEN: [Option<&str>; 4] = [
    None,
    Some(r#"{"references": ["local.later"]}"#),
    Some(r#"{"references": ["terraform_data.later.output", "terraform_data.later"]}"#),
    Some("{}"),
];

/// One thing that is forgotten: which resource, which attribute, and how it is written.
#[derive(Debug, Clone)]
pub(crate) struct Lapse {
    change: usize,
    path: Vec<Value>,
    written: usize,
}

impl Lapse {
    /// That of an attribute, by a JSON pointer into what will be there; it is written as before.
    pub(crate) fn of(plan: &Value, address: &str, pointer: &str) -> Self {
        let changes = plan["resource_changes"].as_array().unwrap();
        let change = changes.iter().position(|entry| entry["address"] == *address).expect(address);
        assert!(changes[change]["change"]["after"].pointer(pointer).is_some(), "{address} has no {pointer}");
        let step = |text: &str| text.parse().map_or_else(|_| json!(text), |at: usize| json!(at));
        Self { change, path: pointer.split('/').skip(1).map(step).collect(), written: 0 }
    }
}

/// All that can be forgotten of what will be there of the resources on access paths.
pub(crate) fn lapses(plan: &Value) -> Vec<Lapse> {
    let mut found = Vec::new();
    for (at, change) in plan["resource_changes"].as_array().into_iter().flatten().enumerate() {
        let kind = change["type"].as_str().unwrap_or_default();
        let counts = ["aws_cloudfront_", "aws_s3", "aws_kms_", "aws_iam_policy_document"];
        if counts.iter().any(|start| kind.starts_with(start)) {
            let mut paths = Vec::new();
            collect(&change["change"]["after"], &mut Vec::new(), &mut paths);
            paths.retain(|path| !is_beside_the_point(kind, path));
            for written in 0..WRITTEN.len() {
                found.extend(paths.iter().map(|path| Lapse { change: at, path: path.clone(), written }));
            }
        }
    }
    found
}

/// What AWS gives to a resource: it is known elsewhere as well, and so never unknown here alone.
const GIVEN: [&str; 6] = ["arn", "id", "key_id", "iam_arn", "cloudfront_access_identity_path", "s3_canonical_user_id"];

/// Whether it means nothing, or cannot be, that a value is not known.
fn is_beside_the_point(kind: &str, path: &[Value]) -> bool {
    let names: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
    match (kind, names.as_slice()) {
        ("aws_kms_key_policy", ["key_id"]) => false,
        (_, [name]) if GIVEN.contains(name) => true,
        ("aws_s3_bucket", [name]) if name.starts_with("bucket") || name.starts_with("website_") => true,
        // Of a new bucket that is never known where nothing is written, and then it is SSE-S3.
        ("aws_s3_bucket", ["server_side_encryption_configuration"]) => path.len() == 1,
        // A name that is not known yet is a new one, which nothing has today; a replication that shows nothing of where it
        // leads is not told of at any bucket.
        ("aws_cloudfront_origin_access_control", ["name"])
        | ("aws_s3_bucket_replication_configuration", ["rule"] | ["rule", "destination"]) => true,
        _ => false,
    }
}

fn collect(value: &Value, path: &mut Vec<Value>, found: &mut Vec<Vec<Value>>) {
    let steps: Vec<Value> = match value {
        Value::Object(fields) => {
            fields.keys().filter(|name| !BESIDE.contains(&name.as_str())).map(|name| json!(name)).collect()
        }
        Value::Array(items) => (0..items.len()).map(|at| json!(at)).collect(),
        _ => Vec::new(),
    };
    for step in steps {
        let inner = if let Some(at) = step.as_u64() {
            &value[usize::try_from(at).unwrap()]
        } else {
            &value[step.as_str().unwrap()]
        };
        path.push(step);
        found.push(path.clone());
        collect(inner, path, found);
        path.pop();
    }
}

/// The plan with a change of the resource that `lapse` is about, though of nothing that is known.
pub(crate) fn touch(plan: &mut Value, lapse: &Lapse) {
    let actions = &mut plan["resource_changes"][lapse.change]["change"]["actions"];
    if *actions == json!(["no-op"]) {
        *actions = json!(["update"]);
    }
}

/// The plan without what `lapse` says.
pub(crate) fn forget(plan: &mut Value, lapse: &Lapse) {
    touch(plan, lapse);
    let entry = &mut plan["resource_changes"][lapse.change];
    let address = entry["address"].clone();
    let change = &mut entry["change"];
    remove(&mut change["after"], &lapse.path);
    mark(&mut change["after_unknown"], &lapse.path);
    let entry = entry.clone();
    if let Some(planned) = planned(&mut plan["planned_values"]["root_module"], &address) {
        remove(&mut planned["values"], &lapse.path);
    }
    if let (Some(written), Some(block)) = (WRITTEN[lapse.written], block(plan, &entry)) {
        rewrite(&mut block["expressions"], &lapse.path, &serde_json::from_str(written).unwrap());
    }
}

/// Takes a value out; of a list, it leaves a hole.
fn remove(value: &mut Value, path: &[Value]) {
    let [step, rest @ ..] = path else { return };
    match value {
        Value::Object(fields) => {
            let name = step.as_str().unwrap_or_default();
            if rest.is_empty() {
                fields.remove(name);
            } else if let Some(inner) = fields.get_mut(name) {
                remove(inner, rest);
            }
        }
        Value::Array(items) => {
            let at = step.as_u64().and_then(|at| items.get_mut(usize::try_from(at).unwrap()));
            match at {
                Some(item) if rest.is_empty() => *item = Value::Null,
                Some(item) => remove(item, rest),
                None => {}
            }
        }
        _ => {}
    }
}

/// Marks a value as unknown.
fn mark(mask: &mut Value, path: &[Value]) {
    let [step, rest @ ..] = path else {
        *mask = json!(true);
        return;
    };
    match step.as_u64() {
        _ if *mask == true => {}
        Some(at) => {
            if !mask.is_array() {
                *mask = json!([]);
            }
            let items = mask.as_array_mut().unwrap();
            let at = usize::try_from(at).unwrap();
            while items.len() <= at {
                items.push(json!({}));
            }
            mark(&mut items[at], rest);
        }
        None => {
            if !mask.is_object() {
                *mask = json!({});
            }
            mark(mask.as_object_mut().unwrap().entry(step.as_str().unwrap()).or_insert(json!({})), rest);
        }
    }
}

fn planned<'v>(module: &'v mut Value, address: &Value) -> Option<&'v mut Value> {
    let fields = module.as_object_mut()?;
    let resources = fields.get("resources").and_then(Value::as_array).into_iter().flatten();
    if let Some(at) = resources.into_iter().position(|one| one["address"] == *address) {
        return fields["resources"].get_mut(at);
    }
    fields.get_mut("child_modules")?.as_array_mut()?.iter_mut().find_map(|child| planned(child, address))
}

/// The block in the configuration that a resource is made from.
fn block<'v>(plan: &'v mut Value, entry: &Value) -> Option<&'v mut Value> {
    let mut module = plan["configuration"].get_mut("root_module")?;
    let path = entry["module_address"].as_str().unwrap_or_default();
    // Keys with dots are rare enough to do without.
    for name in path.split('.').filter(|part| *part != "module" && !part.is_empty()) {
        let name = name.split('[').next()?;
        module = module.get_mut("module_calls")?.get_mut(name)?.get_mut("module")?;
    }
    let same = |one: &&mut Value| ["mode", "type", "name"].iter().all(|part| one[part] == entry[part]);
    module.get_mut("resources")?.as_array_mut()?.iter_mut().find(same)
}

/// Puts another expression where one stands; of blocks, in all of a kind, since their order is not that of the values. A
/// block that is not known is one that a `dynamic` block makes, of which the document says nothing.
fn rewrite(expressions: &mut Value, path: &[Value], written: &Value) {
    let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
    let [name, rest @ ..] = path.as_slice() else { return };
    let mut at = vec![expressions];
    for name in std::iter::once(name).chain(rest).take(path.len() - 1) {
        let inner = at.into_iter().filter_map(|block| block.as_object_mut()?.get_mut(*name));
        at = inner.flat_map(|inner| inner.as_array_mut().into_iter().flatten()).collect();
    }
    let last = path[path.len() - 1];
    for block in at {
        let Some(fields) = block.as_object_mut() else { continue };
        if fields.get(last).is_some_and(Value::is_array) {
            fields.remove(last);
        } else {
            fields.insert(last.to_owned(), written.clone());
        }
    }
}

/// The plan as if a resource were made anew: nothing is known of what AWS gives it, nor of what is made of that elsewhere.
pub(crate) fn made_anew(plan: &mut Value, dice: &mut Dice) -> Option<String> {
    let changes = plan["resource_changes"].as_array()?;
    let is_there = |entry: &&Value| entry["mode"] == "managed" && entry["change"]["after"].is_object();
    let there: Vec<&Value> = changes.iter().filter(is_there).collect();
    if there.is_empty() {
        return None;
    }
    let picked = there[dice.below(there.len())].clone();
    let address = picked["address"].as_str()?.to_owned();
    let given = [
        "arn",
        "id",
        "key_id",
        "iam_arn",
        "cloudfront_access_identity_path",
        "s3_canonical_user_id",
        "bucket_domain_name",
        "bucket_regional_domain_name",
        "website_endpoint",
        "alias",
        "bucket",
    ];
    let known = given.iter().filter_map(|name| picked["change"]["after"][name].as_str()).filter(|text| text.len() > 4);
    let known: Vec<String> = known.map(str::to_owned).collect();
    for at in 0..plan["resource_changes"].as_array()?.len() {
        let entry = plan["resource_changes"][at].clone();
        let mut paths = Vec::new();
        holding(&entry["change"]["after"], &known, &mut Vec::new(), &mut paths);
        for path in paths {
            // What a block is written with is not a value that AWS gives.
            forget(plan, &Lapse { change: at, path, written: 0 });
        }
    }
    Some(address)
}

fn holding(value: &Value, known: &[String], path: &mut Vec<Value>, found: &mut Vec<Vec<Value>>) {
    match value {
        Value::String(text) if known.iter().any(|one| text.contains(one.as_str())) => found.push(path.clone()),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(json!(at));
                holding(item, known, path, found);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                path.push(json!(name));
                holding(item, known, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}
