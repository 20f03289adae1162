//! A plan document in which resources lie in another module: all of the root module, or a single one of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Everything that was in the root module is in `module.wrapped`, which gets all variables and hands on all outputs.
pub(crate) fn wrapped(mut plan: Value) -> Value {
    const CALL: &str = "module.wrapped";
    for list in ["resource_changes", "resource_drift", "relevant_attributes"] {
        plan.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(|entry| below(CALL, entry));
    }
    for deferred in plan.get_mut("deferred_changes").and_then(Value::as_array_mut).into_iter().flatten() {
        below(CALL, &mut deferred["resource_change"]);
    }
    for values in ["/planned_values", "/prior_state/values"] {
        let Some(root) = plan.pointer_mut(values).and_then(|values| values.get_mut("root_module")) else { continue };
        let mut module = root.take();
        each_resource(&mut module, &mut |resource| below(CALL, resource));
        module["address"] = json!(CALL);
        *root = json!({"child_modules": [module]});
    }
    let configuration = &mut plan["configuration"];
    let key = |key: &str| if key.starts_with("module.") { format!("{CALL}.{key}") } else { key.to_owned() };
    let providers = configuration["provider_config"].as_object().cloned().unwrap_or_default();
    let providers = providers.into_iter().map(|(name, mut provider)| {
        prefix(CALL, &mut provider["module_address"]);
        provider.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        (key(&name), provider)
    });
    configuration["provider_config"] = providers.collect::<Map<_, _>>().into();
    let mut module = configuration["root_module"].take();
    each_configured(&mut module, &mut |resource| {
        if let Some(name) = resource["provider_config_key"].as_str() {
            resource["provider_config_key"] = json!(key(name));
        }
    });
    let names =
        |part: &str| module[part].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let given =
        names("variables").into_iter().map(|name| (name.clone(), json!({"references": [format!("var.{name}")]})));
    let handed_on = names("outputs")
        .into_iter()
        .map(|name| (name.clone(), json!({"expression": {"references": [format!("{CALL}.{name}"), CALL]}})));
    let (given, handed_on): (Map<_, _>, Map<_, _>) = (given.collect(), handed_on.collect());
    configuration["root_module"] = json!({
        "outputs": handed_on,
        "variables": module["variables"].clone(),
        "module_calls": {"wrapped": {"source": "./wrapped", "expressions": given, "module": module}},
    });
    plan
}

/// Puts a module before the addresses of an entry.
fn below(call: &str, entry: &mut Value) {
    for part in ["address", "previous_address", "module_address", "resource"] {
        prefix(call, &mut entry[part]);
    }
    if entry["change"].is_object() && entry["module_address"].is_null() {
        entry["module_address"] = json!(call);
    }
    entry.as_object_mut().unwrap().retain(|_, value| !value.is_null());
}

fn prefix(call: &str, address: &mut Value) {
    if let Some(text) = address.as_str() {
        *address = json!(format!("{call}.{text}"));
    }
}

/// Each resource and each module below a module of a state.
fn each_resource(module: &mut Value, with: &mut dyn FnMut(&mut Value)) {
    module.get_mut("resources").and_then(Value::as_array_mut).into_iter().flatten().for_each(&mut *with);
    for child in module.get_mut("child_modules").and_then(Value::as_array_mut).into_iter().flatten() {
        with(child);
        each_resource(child, with);
    }
}

fn each_configured(module: &mut Value, with: &mut dyn FnMut(&mut Value)) {
    module.get_mut("resources").and_then(Value::as_array_mut).into_iter().flatten().for_each(&mut *with);
    for call in module.get_mut("module_calls").and_then(Value::as_object_mut).into_iter().flatten() {
        each_configured(&mut call.1["module"], with);
    }
}

/// The resources of the root module, as the configuration names them.
pub(crate) fn movable(plan: &Value) -> Vec<String> {
    let resources = plan["configuration"]["root_module"]["resources"].as_array().into_iter().flatten();
    resources.filter_map(|one| one["address"].as_str().map(str::to_owned)).collect()
}

/// One resource of the root module in a module of its own, which gets what it refers to by variables and hands on by outputs
/// what others refer to.
pub(crate) fn moved(mut plan: Value, resource: &str) -> Value {
    const CALL: &str = "module.moved";
    let is_it = |address: &Value| is_of(address.as_str().unwrap_or_default(), resource);
    for list in ["resource_changes", "resource_drift", "relevant_attributes"] {
        let entries = plan.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        entries
            .filter(|entry| is_it(&entry["address"]) || is_it(&entry["resource"]))
            .for_each(|entry| below(CALL, entry));
    }
    for deferred in plan.get_mut("deferred_changes").and_then(Value::as_array_mut).into_iter().flatten() {
        if is_it(&deferred["resource_change"]["address"]) {
            below(CALL, &mut deferred["resource_change"]);
        }
    }
    for values in ["/planned_values", "/prior_state/values"] {
        let Some(root) = plan.pointer_mut(values).and_then(|values| values.get_mut("root_module")) else { continue };
        let Some(resources) = root.get_mut("resources").and_then(Value::as_array_mut) else { continue };
        let (mut gone, kept): (Vec<Value>, Vec<Value>) = resources.drain(..).partition(|one| is_it(&one["address"]));
        *resources = kept;
        for one in &mut gone {
            below(CALL, one);
        }
        if !root["child_modules"].is_array() {
            root["child_modules"] = json!([]);
        }
        root["child_modules"].as_array_mut().unwrap().push(json!({"address": CALL, "resources": gone}));
    }

    let root = &mut plan["configuration"]["root_module"];
    let resources = root["resources"].as_array_mut().unwrap();
    let mut block = resources.remove(resources.iter().position(|one| one["address"] == *resource).unwrap());
    let needs = block.as_object_mut().unwrap().remove("depends_on");
    let mut given = Links::new("var.in", None);
    each_expression(&mut block, &mut |all| {
        given.replace(all, |first| {
            !["count", "each", "self", "path", "terraform"].contains(&first.split('.').next().unwrap())
        });
    });
    let mut handed_on = Links::new("module.moved.out", Some(CALL));
    each_expression(root, &mut |all| handed_on.replace(all, |first| is_of(first, resource)));
    let mut call = json!({
        "source": "./moved",
        "expressions": given.arguments(|expression| expression),
        "module": {
            "resources": [block],
            "variables": given.arguments(|_| json!({})),
            "outputs": handed_on.arguments(|expression| json!({"expression": expression})),
        },
    });
    if let Some(needs) = needs {
        call["depends_on"] = needs;
    }
    if !root["module_calls"].is_object() {
        root["module_calls"] = json!({});
    }
    root["module_calls"]["moved"] = call;
    plan
}

/// Whether an address or a reference is that of a resource, of an instance of it, or of something in it.
pub(crate) fn is_of(text: &str, resource: &str) -> bool {
    text.strip_prefix(resource).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The traversals that become variables or outputs, each under a name of its own.
struct Links {
    stem: &'static str,
    /// What the new reference is unwrapped to.
    whole: Option<&'static str>,
    names: BTreeMap<Vec<String>, String>,
}

impl Links {
    fn new(stem: &'static str, whole: Option<&'static str>) -> Self {
        Self { stem, whole, names: BTreeMap::new() }
    }

    /// Replaces those of an expression's references whose first is `wanted`.
    fn replace(&mut self, references: &mut Vec<Value>, wanted: impl Fn(&str) -> bool) {
        // Terraform lists a traversal longest first, and then what it was unwrapped to.
        let mut traversals: Vec<Vec<String>> = Vec::new();
        for reference in references.iter().map(|one| one.as_str().unwrap().to_owned()) {
            match traversals.last_mut() {
                Some(last) if is_of(last.last().unwrap(), &reference) && *last.last().unwrap() != reference => {
                    last.push(reference);
                }
                _ => traversals.push(vec![reference]),
            }
        }
        references.clear();
        for traversal in traversals {
            if !wanted(&traversal[0]) {
                references.extend(traversal.into_iter().map(Value::from));
                continue;
            }
            let next = format!("{}_{}", self.stem, self.names.len());
            references.push(json!(self.names.entry(traversal).or_insert(next)));
            references.extend(self.whole.map(Value::from));
        }
    }

    /// An object with something for each, made of the expression that it stands for.
    fn arguments(&self, with: impl Fn(Value) -> Value) -> Value {
        let named = |name: &String| name.rsplit('.').next().unwrap().to_owned();
        self.names
            .iter()
            .map(|(traversal, name)| (named(name), with(json!({"references": traversal}))))
            .collect::<Map<_, _>>()
            .into()
    }
}

/// The references of each expression in a block or a module, those in the modules that it calls left out.
fn each_expression(value: &mut Value, with: &mut dyn FnMut(&mut Vec<Value>)) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::Array(all)
                        if (name == "references" || name == "depends_on") && all.iter().all(Value::is_string) =>
                    {
                        with(all);
                    }
                    _ if name == "module" || name == "constant_value" => {}
                    _ => each_expression(inner, with),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_expression(item, with)),
        _ => {}
    }
}
